package dev.coord.testkit.internal.sim;

import dev.coord.time.Scheduler;
import org.jspecify.annotations.Nullable;

/** Something that happens at a moment of the simulation. */
final class SimTask implements Scheduler.Timer {

    /** What a task is to the process it belongs to. */
    enum Kind {
        /** A timer of the process. */
        TIMER(1),
        /** A message or an answer arrives. */
        MESSAGE(2),
        /** The peer's own work. */
        WORK(3),
        /** The user's code. */
        CALLBACK(4),
        /** Something of the world around: Raft, the network, a fault that ends. */
        WORLD(5);

        /** In the digest of the trace. */
        final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    private final SimTime time;
    final @Nullable Machine machine;
    final Kind kind;
    final Runnable run;

    /** When it is due on its machine's own clock; only of timers. */
    final long localAt;

    long at;
    long number;

    /** Its place in the heap, -1 if it is not there. */
    int place = -1;

    SimTask(SimTime time, @Nullable Machine machine, Kind kind, long localAt, Runnable run) {
        this.time = time;
        this.machine = machine;
        this.kind = kind;
        this.localAt = localAt;
        this.run = run;
    }

    boolean isBefore(SimTask other) {
        return at != other.at ? at < other.at : number < other.number;
    }

    @Override
    public void cancel() {
        time.cancel(this);
    }
}
