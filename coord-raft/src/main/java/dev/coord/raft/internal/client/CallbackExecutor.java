package dev.coord.raft.internal.client;

import java.util.concurrent.Executor;

/** Runs the user's code on threads that it can tell from others. */
public interface CallbackExecutor extends Executor {

    /** Whether the caller is one of its threads, or the timer's: what it would wait for may be behind it. */
    boolean mayNotWait();
}
