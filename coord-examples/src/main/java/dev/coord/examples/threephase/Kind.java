package dev.coord.examples.threephase;

import java.nio.charset.StandardCharsets;

/** What one process asks of another. The answer is always the other's {@link State} afterwards: a vote, an acknowledgement. */
enum Kind {
    /** Vote. */
    PREPARE,
    /** All have voted yes. */
    PRE_COMMIT,
    /** It is committed. */
    COMMIT,
    /** It is aborted. */
    ABORT,
    /** Tell where you are. */
    STATE,
    /** Tell where you are, and bring this to an end: your id is lower than mine. */
    ELECT;

    /** The service that all of them are sent to. */
    static final String SERVICE = "atomic-commit";

    byte[] encoded() {
        return name().getBytes(StandardCharsets.US_ASCII);
    }

    static Kind decode(byte[] bytes) {
        return valueOf(new String(bytes, StandardCharsets.US_ASCII));
    }
}
