package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.lease.Session;
import dev.coord.recipes.internal.QueuePath;

/**
 * Where a barrier with members keeps what it knows: below the path, in keys that begin with {@code ~}, so that barriers of
 * nested paths do not meet.
 */
final class MemberKeys {
    private static final String LONGEST = "~p-0123456789abcdef-0123456789abcdef";

    private final String root;

    MemberKeys(String path) {
        root = new QueuePath(requireNonNull(path, "path")).path() + "/";
        Keys.check(root + LONGEST);
    }

    /** All keys of the barrier. */
    KeyRange all() {
        return KeyRange.prefix(root + "~");
    }

    KeyRange members() {
        return KeyRange.prefix(root + "~p-");
    }

    /** A key that no other member has or ever had. */
    String newMember(Coord coord) {
        Session session = coord.session();
        return root + "~p-" + Long.toHexString(session.id()) + "-" + Long.toHexString(session.nextNumber());
    }

    String named(String name) {
        return root + "~" + name;
    }

    String path() {
        return root.substring(0, root.length() - 1);
    }
}
