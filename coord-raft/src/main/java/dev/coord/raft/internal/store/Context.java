package dev.coord.raft.internal.store;

/** Where in the log an entry stands. */
public record Context(long term, long index) {}
