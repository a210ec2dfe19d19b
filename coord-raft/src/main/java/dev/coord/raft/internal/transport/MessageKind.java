package dev.coord.raft.internal.transport;

/** What a request between peers asks. The code is what goes over the wire. */
public enum MessageKind {
    /** Raft: vote or pre-vote. */
    RAFT_VOTE(1),
    /** Raft: append entries, or a heartbeat. */
    RAFT_APPEND(2),
    /** Raft: a chunk of a snapshot. */
    RAFT_SNAPSHOT(3),
    /** Raft: start an election. */
    RAFT_ELECTION(4),
    /** A batch of operations for the leader to append. */
    PROPOSE(16),
    /** The leader's confirmed commit index. */
    READ_INDEX(17),
    /** Is your term exactly this? */
    CONFIRM_TERM(18),
    /** All of a peer's leases, to be kept alive. */
    KEEP_ALIVE(19),
    /** Do you know this peer, and by which directory? */
    IDENTIFY(20),
    /** Have you too lost the connection to this leader? */
    LEADER_GONE(21),
    /** A user's request to a service of another peer. */
    USER(22),
    /** End a lease if its holder is silent. */
    END_SILENT(23),
    /** Add or remove a member: asked of the leader. */
    CHANGE_MEMBERS(24),
    /** Take part from now on, and say by which directory: asked of a peer that is to become a member. */
    INVITE(25);

    private final byte code;

    MessageKind(int code) {
        this.code = (byte) code;
    }

    /** The code on the wire. */
    public byte code() {
        return code;
    }

    /** The kind with the code; throws {@link IllegalArgumentException} for an unknown one. */
    public static MessageKind of(byte code) {
        for (MessageKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IllegalArgumentException("unknown message kind " + code + "; is the other peer of a newer version?");
    }
}
