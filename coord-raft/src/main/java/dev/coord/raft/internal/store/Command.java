package dev.coord.raft.internal.store;

import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import java.util.List;

/** What a log entry asks the store to do. Times are durations in milliseconds; the store knows no clock. */
public sealed interface Command {

    /** Dispatches on the kind of command; a new kind does not compile until every handler knows it. */
    <R> R accept(Handler<R> handler);

    /** One method for each command. */
    interface Handler<R> {
        /** Handles a transaction. */
        R onTransact(Transact command);

        /** Handles a lease grant. */
        R onGrantLease(GrantLease command);

        /** Handles a revocation. */
        R onRevokeLease(RevokeLease command);

        /** Handles a placeholder. */
        R onNoop(Noop command);

        /** Handles the opening of a session. */
        R onOpenSession(OpenSession command);

        /** Handles expiry. */
        R onExpireLeases(ExpireLeases command);

        /** Handles a checkpoint of remaining times. */
        R onCheckpointLeases(CheckpointLeases command);

        /** Handles compaction. */
        R onCompact(Compact command);

        /** Handles the registration of a peer. */
        R onRegisterPeer(RegisterPeer command);
    }

    /** A guarded multi-op. */
    record Transact(List<Guard> guards, List<Op> then, List<Op> otherwise) implements Command {
        /** Copies the lists. */
        public Transact {
            guards = List.copyOf(guards);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.onTransact(this);
        }
    }

    /** Grants a lease; one that is detached nobody will keep alive. */
    record GrantLease(long ttlMillis, boolean detached) implements Command {
        /** A lease that its holder keeps alive. */
        public GrantLease(long ttlMillis) {
            this(ttlMillis, false);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.onGrantLease(this);
        }
    }

    /** Ends a lease; when it is a session, its table too. */
    record RevokeLease(long lease) implements Command {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.onRevokeLease(this);
        }
    }

    /** Takes the place of an operation that its caller gave up, so that the session's sequence has no hole. */
    record Noop() implements Command {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.onNoop(this);
        }
    }

    /**
     * Opens a session; the opener recognises the result by the proposal's sequence number, drawn at random. Its holder relies
     * on a keep-alive for no longer than its validity, which is its time to live at most.
     */
    record OpenSession(long ttlMillis, long validityMillis) implements Command {
        /** Checks the validity. */
        public OpenSession {
            if (validityMillis < 1 || validityMillis > ttlMillis) {
                throw new IllegalArgumentException("validity of " + validityMillis + " ms of " + ttlMillis);
            }
        }

        /** A session whose holder relies on it for all of its time. */
        public OpenSession(long ttlMillis) {
            this(ttlMillis, ttlMillis);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.onOpenSession(this);
        }
    }

    /** Ends the leases that are still of the named generation, if the entry's term is still the proposer's. */
    record ExpireLeases(long term, List<LeaseRef> leases) implements Command {
        /** Copies the list. */
        public ExpireLeases {
            leases = List.copyOf(leases);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.onExpireLeases(this);
        }
    }

    /**
     * Records how long leases have left, under the conditions of expiry, so that a lease whose holder is gone ends even
     * when leaders change more often than its time to live (etcd #9888).
     */
    record CheckpointLeases(long term, List<Remaining> leases) implements Command {
        /** Copies the list. */
        public CheckpointLeases {
            leases = List.copyOf(leases);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.onCheckpointLeases(this);
        }
    }

    /** Drops the history up to a revision, which itself stays readable. */
    record Compact(long revision) implements Command {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.onCompact(this);
        }
    }

    /** Records by which data directory a peer takes part, to recognise one that comes back with an emptied disk. */
    record RegisterPeer(String peer, String directory) implements Command {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.onRegisterPeer(this);
        }
    }

    /** A lease in one stretch of its life: the generation grows with every checkpoint. */
    record LeaseRef(long lease, long generation) {}

    /** What a lease has left. */
    record Remaining(LeaseRef ref, long millis) {}
}
