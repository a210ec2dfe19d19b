package dev.coord.bench.micro;

import dev.coord.kv.Op;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Context;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.Proposal;
import dev.coord.raft.internal.store.Result;
import dev.coord.raft.internal.store.Store;
import dev.coord.raft.internal.store.View;
import java.util.ArrayList;
import java.util.List;

/**
 * The state machine as a peer drives it: a session proposes, its answers are acknowledged by the next batch, and the history is
 * compacted now and then, to which operations contribute their share.
 */
final class Machine {
    /** What a peer keeps if nothing else is configured. */
    private static final int RETAINED = 50_000;

    private static final int COMPACT_EVERY = 1_000;
    private static final int FILL_BATCH = 1_000;
    private static final long TTL_MILLIS = 10_000;

    private final Store store = new Store();
    private final long session;
    private long index;
    private long sequence;

    Machine() {
        List<Effect> effects = apply(List.of(Proposal.sessionless(1, new Command.OpenSession(TTL_MILLIS))));
        session = effects.stream()
                .filter(Effect.Completed.class::isInstance)
                .map(effect -> ((Result.Granted) ((Effect.Completed) effect).result()).lease())
                .findFirst()
                .orElseThrow();
    }

    /** Returns a machine whose store holds so many keys. */
    static Machine filled(int keys) {
        Machine machine = new Machine();
        for (int i = 0; i < keys; i += FILL_BATCH) {
            List<Command> batch = new ArrayList<>();
            for (int key = i; key < Math.min(keys, i + FILL_BATCH); key++) {
                batch.add(put(Keys.key(key)));
            }
            machine.applyAll(batch);
        }
        return machine;
    }

    static Command put(String key) {
        return new Command.Transact(List.of(), List.of(Op.put(key, Keys.VALUE)), List.of());
    }

    View view() {
        return store.view();
    }

    /** Applies an entry with one proposal. */
    List<Effect> apply(Command command) {
        long acknowledged = sequence++;
        return compacting(apply(List.of(new Proposal(session, sequence, acknowledged, command))));
    }

    /** Applies an entry with many proposals. */
    List<Effect> applyAll(List<Command> commands) {
        long acknowledged = sequence;
        List<Proposal> batch = new ArrayList<>(commands.size());
        for (Command command : commands) {
            batch.add(new Proposal(session, ++sequence, acknowledged, command));
        }
        return compacting(apply(batch));
    }

    /** Drops all history. */
    void forget() {
        compact(store.view().revision());
    }

    private List<Effect> compacting(List<Effect> effects) {
        View view = store.view();
        if (view.revision() - view.compactRevision() >= RETAINED + COMPACT_EVERY) {
            compact(view.revision() - RETAINED);
        }
        return effects;
    }

    private void compact(long revision) {
        apply(List.of(Proposal.sessionless(0, new Command.Compact(revision))));
    }

    private List<Effect> apply(List<Proposal> batch) {
        return store.apply(new Context(1, ++index), batch);
    }
}
