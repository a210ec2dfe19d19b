package dev.coord.raft.internal.codec;

/** Bytes that cannot be decoded: damaged, or of a format this version does not know. */
public final class CodecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public CodecException(String message) {
        super(message);
    }
}
