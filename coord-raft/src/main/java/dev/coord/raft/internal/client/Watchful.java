package dev.coord.raft.internal.client;

import java.util.concurrent.Executor;

/** An executor that hears of errors that should not be, so that a simulation fails where production can but log them. */
public interface Watchful extends Executor {

    /** Takes the error of a task that was run on behalf of this executor, perhaps on a thread that it borrowed. */
    void internalError(Throwable error);
}
