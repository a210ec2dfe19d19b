package dev.coord.recipes.queue;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.recipes.internal.QueuePath;

/**
 * Where a queue keeps its items, below its path. An item has a name, {@code <priority>-<number>} in hexadecimal digits of
 * fixed length, so that the order of names is the order of delivery. Beside its payload it has up to three more keys: the
 * claim of whoever it was delivered to, a count of its deliveries, and the hold of a delay. A dead item has one, which also
 * says why.
 */
final class QueueKeys {
    private static final int NAME_LENGTH = 19;
    private static final String LONGEST = "~m/x/" + "0".repeat(2 * NAME_LENGTH + 12);

    private final String root;

    QueueKeys(String path) {
        root = new QueuePath(requireNonNull(path, "path")).path() + "/";
        Keys.check(root + LONGEST);
    }

    /** What of an item a key holds. */
    enum Kind {
        ATTEMPTS('a'),
        CLAIM('c'),
        HOLD('h'),
        ITEM('q');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    String key(Kind kind, String name) {
        return root + "~m/" + kind.letter + "/" + name;
    }

    String item(String name) {
        return key(Kind.ITEM, name);
    }

    /** Everything that delivery depends on, in one range. */
    KeyRange live() {
        return KeyRange.between(root + "~m/a/", root + "~m/q0");
    }

    KeyRange items() {
        return KeyRange.prefix(root + "~m/q/");
    }

    KeyRange lane(int priority) {
        return KeyRange.prefix(root + "~m/q/" + lanePrefix(priority));
    }

    /** The items of a lane from a number on. */
    KeyRange laneFrom(int priority, long number) {
        return KeyRange.between(
                item(name(priority, number)), requireNonNull(lane(priority).to()));
    }

    static String name(int priority, long number) {
        return lanePrefix(priority) + String.format("%016x", number);
    }

    private static String lanePrefix(int priority) {
        return String.format("%02x-", priority);
    }

    static int priority(String name) {
        return Integer.parseInt(name.substring(0, 2), 16);
    }

    /** The number of an item, by its key. */
    static long number(String itemKey) {
        return Long.parseLong(itemKey.substring(itemKey.length() - 16), 16);
    }

    /** The item that a key belongs to, or the empty string if it is no key of a queue. */
    String nameOf(String key) {
        int start = root.length() + 5;
        return key.length() == start + NAME_LENGTH && key.charAt(start - 1) == '/' ? key.substring(start) : "";
    }

    Kind kindOf(String key) {
        char letter = key.charAt(root.length() + 3);
        for (Kind kind : Kind.values()) {
            if (kind.letter == letter) {
                return kind;
            }
        }
        return Kind.ITEM;
    }

    KeyRange dead() {
        return KeyRange.prefix(root + "~m/x/");
    }

    /** The dead item of an id, if there is one. */
    KeyRange dead(String id) {
        return KeyRange.prefix(root + "~m/x/" + id + "~");
    }

    String dead(String id, DeadItem.Reason reason, int deliveries) {
        return root + "~m/x/" + id + "~" + reason.letter() + deliveries;
    }

    /** What a key of the {@link #dead()} ones holds. */
    DeadItem deadItem(Entry entry) {
        String rest = entry.key().substring(root.length() + 5);
        int mark = rest.indexOf('~');
        return new DeadItem(
                rest.substring(0, mark),
                entry.value(),
                DeadItem.Reason.of(rest.charAt(mark + 1)),
                Integer.parseInt(rest.substring(mark + 2)));
    }

    /** The name that an item had, by its id. */
    static String nameOfId(String id) {
        return id.substring(id.indexOf('-') + 1);
    }

    String path() {
        return root.substring(0, root.length() - 1);
    }
}
