package dev.coord.raft.internal.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state machine around a {@link NaiveStore}: what commands, sessions and the lives of leases must come to. It
 * remembers every result of every session for good.
 */
final class NaiveMachine implements Command.Handler<Result> {
    /** What is known of a lease beside its keys. */
    record Life(long ttlMillis, long validityMillis, long generation, long remainingMillis) {}

    /** The results of a session by sequence number less one, and how many its proposer has acknowledged. */
    static final class Table {
        final List<Result> results = new ArrayList<>();
        long acknowledged;

        /** The results that must be kept. */
        SortedMap<Long, Result> kept() {
            SortedMap<Long, Result> kept = new TreeMap<>();
            for (int i = 0; i < results.size(); i++) {
                if (i + 1 > acknowledged) {
                    kept.put(i + 1L, results.get(i));
                }
            }
            return kept;
        }
    }

    final NaiveStore store = new NaiveStore();
    final Map<Long, Life> leases = new TreeMap<>();
    final Map<Long, Table> sessions = new TreeMap<>();
    final Map<String, String> peers = new TreeMap<>();

    private final List<Effect> effects = new ArrayList<>();
    private long term;

    /** Applies a proposal and returns its effects, its completion last. */
    List<Effect> apply(long entryTerm, Proposal proposal) {
        term = entryTerm;
        effects.clear();
        effects.add(new Effect.Completed(proposal, resultOf(proposal)));
        return List.copyOf(effects);
    }

    private Result resultOf(Proposal proposal) {
        if (proposal.session() == Proposal.NO_SESSION) {
            return proposal.command().accept(this);
        }
        Table table = sessions.get(proposal.session());
        if (table == null) {
            return new Result.SessionNotFound();
        }
        table.acknowledged = Math.max(table.acknowledged, proposal.acknowledged());
        long expected = table.results.size() + 1L;
        if (proposal.sequence() > expected) {
            return new Result.OutOfOrder(expected);
        }
        if (proposal.sequence() < expected) {
            boolean forgotten = proposal.sequence() <= table.acknowledged;
            return forgotten ? new Result.Done() : table.results.get((int) proposal.sequence() - 1);
        }
        Result result = proposal.command().accept(this);
        table.results.add(result);
        return result;
    }

    @Override
    public Result onTransact(Command.Transact command) {
        return store.transact(command.guards(), command.then(), command.otherwise());
    }

    @Override
    public Result onGrantLease(Command.GrantLease command) {
        long lease = store.grant();
        leases.put(lease, new Life(command.ttlMillis(), command.ttlMillis(), 0, command.ttlMillis()));
        effects.add(new Effect.LeaseGranted(lease, command.ttlMillis(), command.detached()));
        return new Result.Granted(lease);
    }

    @Override
    public Result onOpenSession(Command.OpenSession command) {
        Result result = onGrantLease(new Command.GrantLease(command.ttlMillis()));
        leases.put(store.lastLease(), new Life(command.ttlMillis(), command.validityMillis(), 0, command.ttlMillis()));
        sessions.put(store.lastLease(), new Table());
        return result;
    }

    @Override
    public Result onRevokeLease(Command.RevokeLease command) {
        return new Result.Revoked(end(command.lease()));
    }

    @Override
    public Result onExpireLeases(Command.ExpireLeases command) {
        for (Command.LeaseRef ref : command.leases()) {
            if (current(command.term(), ref) != null) {
                end(ref.lease());
            }
        }
        return new Result.Done();
    }

    @Override
    public Result onCheckpointLeases(Command.CheckpointLeases command) {
        for (Command.Remaining remaining : command.leases()) {
            Life life = current(command.term(), remaining.ref());
            if (life != null) {
                long left = Math.min(remaining.millis(), life.ttlMillis);
                leases.put(
                        remaining.ref().lease(),
                        new Life(life.ttlMillis, life.validityMillis, life.generation + 1, left));
                effects.add(new Effect.LeaseCheckpointed(remaining.ref().lease()));
            }
        }
        return new Result.Done();
    }

    @Override
    public Result onCompact(Command.Compact command) {
        store.compact(command.revision());
        return new Result.Done();
    }

    @Override
    public Result onRegisterPeer(Command.RegisterPeer command) {
        peers.putIfAbsent(command.peer(), command.directory());
        return new Result.Done();
    }

    @Override
    public Result onNoop(Command.Noop command) {
        return new Result.Done();
    }

    private @Nullable Life current(long proposedTerm, Command.LeaseRef ref) {
        Life life = leases.get(ref.lease());
        return proposedTerm == term && life != null && life.generation == ref.generation() ? life : null;
    }

    private boolean end(long lease) {
        if (!store.end(lease)) {
            return false;
        }
        leases.remove(lease);
        sessions.remove(lease);
        effects.add(new Effect.LeaseEnded(lease));
        return true;
    }
}
