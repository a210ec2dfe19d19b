package dev.coord.testkit.history;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.TxnResult;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a history. Immutable.
 *
 * <p>Real-time order is told by the places {@code call}, {@code issued} and {@code ret} in the history's one sequence of
 * events, which is finer than any clock: much happens at one moment of simulated time.
 *
 * @param process the handle that issued it
 * @param seq its number among the operations of the history
 * @param input what was asked for
 * @param call the place of the call
 * @param callNanos the clock at the call
 * @param issued the place where a form without waiting gave the control back; that of the return for a blocking form
 * @param ret the place of the return, {@link #NEVER} if it has not returned
 * @param retNanos the clock at the return
 * @param status what is known of its effect
 * @param output the reply, there if and only if the status is ok
 * @param error the failure in words
 */
record Operation(
        String process,
        long seq,
        Input input,
        long call,
        long callNanos,
        long issued,
        long ret,
        long retNanos,
        Status status,
        @Nullable Output output,
        @Nullable String error) {
    static final long NEVER = Long.MAX_VALUE;

    boolean isOk() {
        return status == Status.OK;
    }

    /** The reply of a transaction, null of anything else or without reply. */
    @Nullable
    TxnResult transacted() {
        return output instanceof Output.Transacted reply ? reply.result() : null;
    }

    /** Whether the reply says that this changed something, and so has a revision of its own. */
    boolean wrote() {
        TxnResult result = transacted();
        if (result == null) {
            return false;
        }
        for (OpResult part : result.results()) {
            if (part instanceof OpResult.Put
                    || part instanceof OpResult.Add
                    || (part instanceof OpResult.Delete delete
                            && !delete.deleted().isEmpty())) {
                return true;
            }
        }
        return false;
    }

    /** A transaction whose effect nobody was told. */
    boolean mayHaveWritten() {
        return status == Status.UNKNOWN && input instanceof Input.Transact;
    }

    /** The lease for whose end a transaction was refused, 0 if it was not or several can be meant. */
    long refusedLease() {
        if (error == null || !error.startsWith("LeaseExpiredException") || !(input instanceof Input.Transact txn)) {
            return 0;
        }
        long[] leases = Stream.concat(txn.then().stream(), txn.otherwise().stream())
                .filter(Op.Put.class::isInstance)
                .mapToLong(op -> ((Op.Put) op).lease())
                .filter(lease -> lease != 0)
                .distinct()
                .toArray();
        return leases.length == 1 ? leases[0] : 0;
    }

    /** What a read promised, null of anything but a read. */
    @Nullable
    Consistency consistency() {
        if (input instanceof Input.Get get) {
            return get.consistency();
        }
        return input instanceof Input.Range range ? range.consistency() : null;
    }

    /** Whether real time binds it. */
    boolean isLinearizable() {
        Consistency consistency = consistency();
        return consistency == null || consistency.kind() == Consistency.Kind.LINEARIZABLE;
    }

    /** The revision that the reply tells: its own, that of the state it read, or of the entry it found; 0 if none. */
    long revision() {
        TxnResult result = transacted();
        if (result != null) {
            return result.revision();
        }
        if (output instanceof Output.Ranged ranged) {
            return ranged.result().revision();
        }
        return output instanceof Output.Got got && got.entry() != null
                ? got.entry().modRevision()
                : 0;
    }

    /** Hands over every entry that the reply shows with its value. */
    void forEachShown(Consumer<Entry> consumer) {
        TxnResult result = transacted();
        if (result != null) {
            result.results().forEach(part -> forEachShown(part, consumer));
        } else if (output instanceof Output.Ranged ranged) {
            if (!((Input.Range) input).query().keysOnly()) {
                ranged.result().entries().forEach(consumer);
            }
        } else if (output instanceof Output.Got got && got.entry() != null) {
            consumer.accept(got.entry());
        }
    }

    private static void forEachShown(OpResult part, Consumer<Entry> consumer) {
        if (part instanceof OpResult.Put put && put.before() != null) {
            consumer.accept(put.before());
        } else if (part instanceof OpResult.Get get && get.found() != null) {
            consumer.accept(get.found());
        } else if (part instanceof OpResult.Add add) {
            consumer.accept(add.after());
        } else if (part instanceof OpResult.Delete delete) {
            delete.deleted().forEach(consumer);
        }
    }

    /** The same with another reply. */
    Operation withOutput(Output other) {
        return new Operation(process, seq, input, call, callNanos, issued, ret, retNanos, Status.OK, other, error);
    }

    /** An operation is equal to itself only: checkers keep many of them in sets. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(seq);
    }
}
