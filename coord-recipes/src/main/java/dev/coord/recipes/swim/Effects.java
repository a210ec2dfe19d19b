package dev.coord.recipes.swim;

/** What the core wants done while it handles an input. Must not lead back into it. */
interface Effects {

    /** Sends a datagram. */
    void send(String to, byte[] message);

    /** Tells whether a member can be reached by requests as well. */
    boolean canRequest(String member);

    /** Sends a request; should it be answered, the answer is an input like any datagram. */
    void request(String member, byte[] message, long timeoutNanos);

    /** Tells of a change. */
    void event(SwimEvent.Kind kind, Peer peer);

    /** The others were told that this member leaves. */
    void left();
}
