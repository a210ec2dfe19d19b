package dev.coord.raft.internal.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The numbering of one session's operations. The store applies them in order, so their results arrive in order, and the
 * last result seen acknowledges all before it.
 */
final class SessionSequence {
    /** The session's id; {@link dev.coord.raft.internal.store.Proposal#NO_SESSION} for operations outside any. */
    final long id;

    final AtomicInteger inFlight = new AtomicInteger();
    private final Map<Long, Operation> sent = new ConcurrentHashMap<>();
    private long last;
    private volatile long acknowledged;

    SessionSequence(long id) {
        this.id = id;
    }

    /** Gives the operation its number. Called in the mailbox. */
    void number(Operation operation) {
        number(operation, ++last);
    }

    /** Gives the operation a number drawn by the caller, to recognise a result outside any session. */
    void number(Operation operation, long sequence) {
        operation.sequence = sequence;
        sent.put(sequence, operation);
    }

    /** Takes the operation that a result is for; null if it has had one. Called on the apply thread. */
    @Nullable
    Operation take(long sequence) {
        Operation operation = sent.remove(sequence);
        if (operation != null && sequence > acknowledged) {
            acknowledged = sequence;
        }
        return operation;
    }

    @Nullable
    Operation peek(long sequence) {
        return sent.get(sequence);
    }

    long acknowledged() {
        return acknowledged;
    }
}
