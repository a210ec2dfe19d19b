package dev.coord.raft.internal.store;

import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.codec.SnapshotCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a sequence of actions on a store, on a twin fed the same log that is never restored, and on the naive machine;
 * fails at the first difference.
 */
final class StoreRun {
    /** One who proposes in a session: sends the commands in order, and keeps them to send them again. */
    private static final class Proposer {
        final long id;
        final List<Command> sent = new ArrayList<>();
        long acknowledged;

        Proposer(long id) {
            this.id = id;
        }

        Proposal proposal(long sequence, Command command) {
            return new Proposal(id, sequence, acknowledged, command);
        }
    }

    /** A view that was read before and must stay as it was. */
    private record Kept(View view, ByteBuffer snapshot) {}

    private Store store = new Store();
    private final Store twin = new Store();
    private final NaiveMachine machine = new NaiveMachine();
    private final ViewCheck check = new ViewCheck(machine);
    private final List<Proposer> proposers = new ArrayList<>();
    private final List<Proposal> batch = new ArrayList<>();
    private final List<Effect> expected = new ArrayList<>();
    private final List<Kept> kept = new ArrayList<>();
    private long term = 1;
    private long index = -1;
    private long sessionless;

    /** Runs the actions. */
    static void run(List<StoreActions.Action> actions) {
        StoreRun run = new StoreRun();
        actions.forEach(run::run);
        run.finish();
    }

    private void run(StoreActions.Action action) {
        if (action instanceof StoreActions.EndEntry end) {
            endEntry();
            term += end.newTerm() ? 1 : 0;
        } else if (action instanceof StoreActions.EmptyEntry) {
            emptyEntry();
        } else if (action instanceof StoreActions.Restore) {
            endEntry();
            store = restored(store.view());
        } else if (action instanceof StoreActions.Read read) {
            endEntry();
            check.reads(store.view(), read);
        } else {
            propose(action);
        }
    }

    private void propose(StoreActions.Action action) {
        if (action instanceof StoreActions.Transact transact) {
            send(transact.session(), new Command.Transact(transact.guards(), transact.then(), transact.otherwise()));
        } else if (action instanceof StoreActions.Grant grant) {
            send(grant.session(), new Command.GrantLease(grant.ttlMillis(), grant.detached()));
        } else if (action instanceof StoreActions.Revoke revoke) {
            send(revoke.session(), new Command.RevokeLease(revoke.lease()));
        } else if (action instanceof StoreActions.Noop noop) {
            send(noop.session(), new Command.Noop());
        } else if (action instanceof StoreActions.OpenSession open) {
            openSession(open);
        } else if (!proposeOfLeader(action)) {
            proposeOutOfTurn(action);
        }
    }

    private boolean proposeOfLeader(StoreActions.Action action) {
        if (action instanceof StoreActions.Expire expire) {
            List<Command.LeaseRef> refs = expire.leases().stream()
                    .map(lease -> ref(lease, expire.staleGeneration()))
                    .toList();
            sendSessionless(new Command.ExpireLeases(term - (expire.staleTerm() ? 1 : 0), refs));
        } else if (action instanceof StoreActions.Checkpoint one) {
            Command.Remaining remaining = new Command.Remaining(ref(one.lease(), one.staleGeneration()), one.millis());
            sendSessionless(new Command.CheckpointLeases(term - (one.staleTerm() ? 1 : 0), List.of(remaining)));
        } else if (action instanceof StoreActions.Compact compact) {
            sendSessionless(new Command.Compact(Math.max(0, machine.store.revision() - compact.back())));
        } else if (action instanceof StoreActions.RegisterPeer register) {
            sendSessionless(new Command.RegisterPeer(register.peer(), register.directory()));
        } else {
            return false;
        }
        return true;
    }

    private void proposeOutOfTurn(StoreActions.Action action) {
        if (action instanceof StoreActions.Resend resend) {
            Proposer proposer = proposer(resend.session());
            int position = proposer == null ? -1 : proposer.sent.size() - 1 - resend.back();
            if (proposer != null && position >= 0) {
                add(proposer.proposal(position + 1, proposer.sent.get(position)));
            }
        } else if (action instanceof StoreActions.Skip skip) {
            Proposer proposer = proposer(skip.session());
            if (proposer != null) {
                add(proposer.proposal(proposer.sent.size() + 1 + skip.missing(), new Command.Noop()));
            }
        } else if (action instanceof StoreActions.Acknowledge acknowledge) {
            Proposer proposer = proposer(acknowledge.session());
            if (proposer != null) {
                long upTo = (long) proposer.sent.size() - acknowledge.back();
                proposer.acknowledged = Math.max(proposer.acknowledged, upTo);
            }
        } else {
            throw new IllegalArgumentException("unknown action " + action);
        }
    }

    private Command.LeaseRef ref(long lease, boolean stale) {
        NaiveMachine.Life life = machine.leases.get(lease);
        return new Command.LeaseRef(lease, (life == null ? 0 : life.generation()) + (stale ? 1 : 0));
    }

    private @Nullable Proposer proposer(int session) {
        return session < proposers.size() ? proposers.get(session) : null;
    }

    private void openSession(StoreActions.OpenSession open) {
        sendSessionless(new Command.OpenSession(open.ttlMillis(), open.validityMillis()));
        proposers.add(new Proposer(machine.store.lastLease()));
    }

    private void send(int session, Command command) {
        Proposer proposer = proposer(session);
        if (proposer == null) {
            sendSessionless(command);
            return;
        }
        boolean open = machine.sessions.containsKey(proposer.id);
        add(proposer.proposal(proposer.sent.size() + 1, command));
        if (open) {
            proposer.sent.add(command);
        }
    }

    private void sendSessionless(Command command) {
        add(Proposal.sessionless(++sessionless, command));
    }

    private void add(Proposal proposal) {
        batch.add(proposal);
        expected.addAll(machine.apply(term, proposal));
    }

    private void endEntry() {
        if (batch.isEmpty()) {
            return;
        }
        Context context = new Context(term, ++index);
        List<Proposal> decoded = CommandCodec.decode(CommandCodec.encode(batch));
        ViewCheck.same("decoded entry", decoded, batch);
        ViewCheck.same("effects", store.apply(context, decoded), expected);
        ViewCheck.same("effects of the twin", twin.apply(context, batch), expected);
        batch.clear();
        expected.clear();
        check.state(store.view());
    }

    private void emptyEntry() {
        endEntry();
        Context context = new Context(term, ++index);
        store.skip(context);
        twin.skip(context);
        if (kept.size() < 2) {
            kept.add(new Kept(store.view(), snapshot(store.view())));
        }
    }

    private void finish() {
        endEntry();
        ViewCheck.same(
                "term and index", new Context(store.view().term(), store.view().index()), lastContext());
        check.state(store.view());
        check.history(store.view());
        for (StoreActions.Read read : readsOfAll()) {
            check.reads(store.view(), read);
        }
        ByteBuffer snapshot = snapshot(store.view());
        ViewCheck.same("snapshot of the twin", snapshot(twin.view()), snapshot);
        ViewCheck.same(
                "snapshot of the restored", snapshot(restored(store.view()).view()), snapshot);
        kept.forEach(one -> ViewCheck.same("an old view", snapshot(one.view), one.snapshot));
    }

    private Context lastContext() {
        return new Context(twin.view().term(), index);
    }

    private static List<StoreActions.Read> readsOfAll() {
        RangeQuery all = RangeQuery.of(KeyRange.all());
        return List.of(
                new StoreActions.Read(0.2, "/a/b/a", all),
                new StoreActions.Read(0.5, "a", all),
                new StoreActions.Read(0.8, "/a/b", all));
    }

    private static Store restored(View view) {
        try {
            return new Store(
                    SnapshotCodec.read(new ByteArrayInputStream(snapshot(view).array())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer snapshot(View view) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            SnapshotCodec.write(view, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(out.toByteArray());
    }
}
