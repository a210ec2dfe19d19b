package dev.coord.testkit.history;

import org.jspecify.annotations.Nullable;

/** An operation while it is recorded: called by one thread, perhaps returned from by another. */
final class Call {
    private final Journal journal;
    private final String process;
    private final long seq;
    private final Input input;
    private final long call;
    private final long callNanos;

    private volatile long issued = Operation.NEVER;
    private long ret = Operation.NEVER;
    private long retNanos;
    private @Nullable Output output;
    private @Nullable Throwable error;

    /** Written last, so that whoever reads it as true sees the return whole. */
    private volatile boolean returned;

    Call(Journal journal, String process, long seq, Input input) {
        this.journal = journal;
        this.process = process;
        this.seq = seq;
        this.input = input;
        this.callNanos = journal.nanos();
        this.call = journal.next();
    }

    /** A form without waiting has given the control back. */
    void issued() {
        issued = journal.next();
    }

    void replied(Output reply) {
        output = reply;
        returned();
    }

    void failed(Throwable cause) {
        error = cause;
        returned();
    }

    private void returned() {
        ret = journal.next();
        retNanos = journal.nanos();
        returned = true;
    }

    Operation operation() {
        // Read before the return: an operation is not taken to be issued later than it returned.
        long gaveBack = issued;
        if (!returned) {
            return new Operation(
                    process, seq, input, call, callNanos, gaveBack, Operation.NEVER, 0, Status.UNKNOWN, null, null);
        }
        Throwable failure = error;
        return new Operation(
                process,
                seq,
                input,
                call,
                callNanos,
                Math.min(gaveBack, ret),
                ret,
                retNanos,
                failure == null ? Status.OK : Status.of(failure),
                output,
                failure == null ? null : failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }
}
