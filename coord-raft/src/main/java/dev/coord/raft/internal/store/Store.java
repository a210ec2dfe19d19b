package dev.coord.raft.internal.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The replicated state machine. Deterministic: the same entries give the same state, results and effects on every peer.
 * One thread applies; {@link #view()} may be taken by it after each entry and read by any thread.
 *
 * <p>Every proposal of a session passes the session's table first: a sequence number that was applied gives its recorded
 * result again, the next one is applied, and one beyond it is refused, so that operations take effect in order and once
 * however the log came to hold them (Ongaro 2014, section 6.3).
 */
public final class Store {
    private View view;

    /** Creates an empty store. */
    public Store() {
        this(State.EMPTY);
    }

    /** Creates a store that goes on from a state. */
    public Store(View view) {
        this.view = view;
    }

    /** The empty state. */
    public static View emptyView() {
        return State.EMPTY;
    }

    /** The state after the last entry applied. */
    public View view() {
        return view;
    }

    /**
     * Applies a log entry.
     *
     * @param context its place in the log
     * @param batch the proposals it carries
     * @return what it means for the world around, in order
     */
    public List<Effect> apply(Context context, List<Proposal> batch) {
        List<Effect> effects = new ArrayList<>(batch.size());
        State state = new State(view);
        Application application = new Application(state, context, effects::add);
        for (Proposal proposal : batch) {
            application.apply(proposal);
        }
        application.finish();
        view = state.view(context.term(), context.index());
        return effects;
    }

    /** Notes that the log reached an entry that holds nothing for the store. */
    public void skip(Context context) {
        view = new State(view).view(context.term(), context.index());
    }

    /** The application of one log entry. */
    private static final class Application implements Command.Handler<Result> {
        private static final Result DONE = new Result.Done();

        private final State state;
        private final Context context;
        private final Consumer<Effect> effects;
        private final SessionTable sessions;
        private final Transactor transactor;

        Application(State state, Context context, Consumer<Effect> effects) {
            this.state = state;
            this.context = context;
            this.effects = effects;
            this.sessions = new SessionTable(state);
            this.transactor = new Transactor(state);
        }

        void apply(Proposal proposal) {
            effects.accept(new Effect.Completed(proposal, resultOf(proposal)));
        }

        void finish() {
            sessions.flush();
        }

        private Result resultOf(Proposal proposal) {
            if (proposal.session() == Proposal.NO_SESSION) {
                return proposal.command().accept(this);
            }
            Result known = sessions.lookUp(proposal);
            if (known != null) {
                return known;
            }
            Result result = proposal.command().accept(this);
            sessions.record(proposal, result);
            return result;
        }

        @Override
        public Result onTransact(Command.Transact command) {
            return transactor.run(command);
        }

        @Override
        public Result onGrantLease(Command.GrantLease command) {
            return new Result.Granted(grant(command.ttlMillis(), command.ttlMillis(), command.detached())
                    .id());
        }

        @Override
        public Result onRevokeLease(Command.RevokeLease command) {
            return new Result.Revoked(end(state.leases.get(command.lease())));
        }

        @Override
        public Result onNoop(Command.Noop command) {
            return DONE;
        }

        @Override
        public Result onOpenSession(Command.OpenSession command) {
            LeaseState lease = grant(command.ttlMillis(), command.validityMillis(), false);
            state.sessions.put(lease.id(), SessionState.NEW);
            return new Result.Granted(lease.id());
        }

        @Override
        public Result onExpireLeases(Command.ExpireLeases command) {
            if (command.term() == context.term()) {
                for (Command.LeaseRef ref : command.leases()) {
                    end(current(ref));
                }
            }
            return DONE;
        }

        @Override
        public Result onCheckpointLeases(Command.CheckpointLeases command) {
            if (command.term() == context.term()) {
                command.leases().forEach(this::checkpoint);
            }
            return DONE;
        }

        @Override
        public Result onCompact(Command.Compact command) {
            state.compact(command.revision());
            return DONE;
        }

        @Override
        public Result onRegisterPeer(Command.RegisterPeer command) {
            if (state.peers.get(command.peer()) == null) {
                state.peers.put(command.peer(), command.directory());
            }
            return DONE;
        }

        private LeaseState grant(long ttlMillis, long validityMillis, boolean detached) {
            LeaseState lease = state.grant(ttlMillis, validityMillis);
            effects.accept(new Effect.LeaseGranted(lease.id(), ttlMillis, detached));
            return lease;
        }

        private boolean end(@Nullable LeaseState lease) {
            if (lease == null) {
                return false;
            }
            sessions.forget(lease.id());
            state.end(lease);
            effects.accept(new Effect.LeaseEnded(lease.id()));
            return true;
        }

        private void checkpoint(Command.Remaining remaining) {
            LeaseState lease = current(remaining.ref());
            if (lease != null) {
                state.leases.put(lease.id(), lease.checkpoint(Math.min(remaining.millis(), lease.ttlMillis())));
                effects.accept(new Effect.LeaseCheckpointed(lease.id()));
            }
        }

        private @Nullable LeaseState current(Command.LeaseRef ref) {
            LeaseState lease = state.leases.get(ref.lease());
            return lease != null && lease.generation() == ref.generation() ? lease : null;
        }
    }
}
