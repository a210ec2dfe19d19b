package dev.coord.chaos.wire;

import java.util.List;

/** What a frame asks for. The order is the protocol. */
enum Verb {
    /** A session of its own for this connection, with a time to live. */
    OPEN,
    TRANSACT,
    GET,
    RANGE,
    GRANT,
    GRANT_DETACHED,
    LEASE_VALIDITY,
    CLOSE_LEASE,
    REVOKE,
    END_IF_SILENT,
    FIND,
    VALIDITY,
    WATCH,
    CLOSE_WATCH,
    /** Nothing: an answer shows that the process runs. */
    ECHO,
    /** How the peer is. */
    STATUS,
    /** What the process takes: memory, threads, files. */
    USAGE,
    /** To die where the code says so. */
    ARM,
    /** To add a member, by id and address. */
    ADD_MEMBER,
    /** To remove a member, by id. */
    REMOVE_MEMBER,
    /** Who the members are. */
    MEMBERS,
    CLOSE;

    private static final List<Verb> ALL = List.of(values());

    int code() {
        return ALL.indexOf(this);
    }

    static Verb of(int code) {
        return ALL.get(code);
    }
}
