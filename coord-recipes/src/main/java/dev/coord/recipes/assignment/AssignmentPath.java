package dev.coord.recipes.assignment;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;

/** Where an assignment keeps its members, targets, owners and candidates. */
record AssignmentPath(String path) {
    private static final String MEMBERS = "/m/";
    private static final String OWNERS = "/o/";
    private static final String TARGETS = "/t/";
    private static final String AFTER_TARGETS = "/t0";

    AssignmentPath {
        requireNonNull(path, "path");
        Keys.check(path + TARGETS);
        if (path.isEmpty() || path.endsWith("/") || path.contains("//")) {
            throw new IllegalArgumentException(
                    "path " + path + ": it must not be empty, end with '/' or have an empty part");
        }
    }

    String leader() {
        return path + "/leader";
    }

    String member(String name) {
        return path + MEMBERS + name;
    }

    String owner(String partition) {
        return path + OWNERS + partition;
    }

    String target(String partition) {
        return path + TARGETS + partition;
    }

    KeyRange members() {
        return KeyRange.prefix(path + MEMBERS);
    }

    KeyRange owners() {
        return KeyRange.prefix(path + OWNERS);
    }

    KeyRange targets() {
        return KeyRange.prefix(path + TARGETS);
    }

    /** Members, owners and targets: neighbours, so that one watch shows all of them. */
    KeyRange all() {
        return KeyRange.between(path + MEMBERS, path + AFTER_TARGETS);
    }

    boolean isMember(String key) {
        return key.startsWith(MEMBERS, path.length());
    }

    boolean isOwner(String key) {
        return key.startsWith(OWNERS, path.length());
    }

    boolean isTarget(String key) {
        return key.startsWith(TARGETS, path.length());
    }

    /** The name of the member or partition that a key is of. */
    String nameOf(String key) {
        return key.substring(path.length() + MEMBERS.length());
    }
}
