package dev.coord.raft.internal.client;

import dev.coord.CoordException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The numbering of one session's operations. The store applies them in order, but their results may reach this peer out of
 * order: a snapshot brings their effects without them. So only what comes before the first result missing is acknowledged.
 */
final class SessionSequence {
    /** The session's id; {@link dev.coord.raft.internal.store.Proposal#NO_SESSION} for operations outside any. */
    final long id;

    /** Of what is in flight: operations, and reads that wait, from their issue until their caller is told. */
    final Places places;

    private final Map<Long, Operation> sent = new ConcurrentHashMap<>();
    private long last;
    private long acknowledged;

    /** The error of operations of a session that has ended; null while it lives. Touched in the mailbox only. */
    @Nullable
    Function<Operation, CoordException> ended;

    SessionSequence(long id, int maxInFlight) {
        this.id = id;
        this.places = new Places(maxInFlight);
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
        return sent.remove(sequence);
    }

    @Nullable
    Operation peek(long sequence) {
        return sent.get(sequence);
    }

    /** The number up to which all results have arrived. Called in the mailbox. */
    long acknowledged() {
        while (acknowledged < last && !sent.containsKey(acknowledged + 1)) {
            acknowledged++;
        }
        return acknowledged;
    }
}
