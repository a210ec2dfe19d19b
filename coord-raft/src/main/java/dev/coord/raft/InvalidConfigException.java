package dev.coord.raft;

/** A setting is wrong; the message names it, its value, and what it may be. Nothing was started. */
public final class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidConfigException(String message) {
        super(message);
    }
}
