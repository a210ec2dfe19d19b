package dev.coord.testkit.internal.sim;

import dev.coord.kv.TxnResult;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.codec.SnapshotCodec;
import dev.coord.raft.internal.store.Context;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.Result;
import dev.coord.raft.internal.store.Store;
import dev.coord.raft.internal.store.View;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is committed, whoever knows it, and the state after it: the truth. */
final class CommittedLog {
    private static final int SNAPSHOTS_KEPT = 64;

    private final SimTrace trace;
    private final SimRandom random;
    private final List<LogEntry> committed = new ArrayList<>();
    private final Store truth = new Store();

    /** Past states, fewer as there are more entries, for peers that restart. */
    private final TreeMap<Integer, View> past = new TreeMap<>();

    private int pastEvery = 1;
    private Consumer<List<Effect>> onCommit = effects -> {};

    CommittedLog(SimTrace trace, SimRandom random) {
        this.trace = trace;
        this.random = random;
    }

    void onCommit(Consumer<List<Effect>> listener) {
        onCommit = listener;
    }

    View truth() {
        return truth.view();
    }

    /** Whether a log holds all that is committed. */
    boolean isPartOf(SimNode node) {
        int last = committed.size() - 1;
        return node.size() > last && (last < 0 || node.entry(last) == committed.get(last));
    }

    /** Commits an entry, or checks that it is the one that was committed. */
    boolean record(int index, LogEntry entry, long term) {
        if (index < committed.size()) {
            return committed.get(index) == entry;
        }
        entry.committedIn = term;
        committed.add(entry);
        Context context = new Context(entry.term, index);
        if (entry.bytes == null) {
            truth.skip(context);
        } else {
            List<Effect> effects = truth.apply(context, CommandCodec.decode(entry.bytes));
            effects.forEach(this::trace);
            onCommit.accept(effects);
        }
        trace.note("-", "commit", index, truth.view().revision());
        keepPast(index + 1);
        return true;
    }

    private void trace(Effect effect) {
        if (effect instanceof Effect.Completed completed) {
            long session = completed.proposal().session();
            Result result = completed.result();
            if (result instanceof Result.Transacted transacted) {
                TxnResult txn = transacted.result();
                trace.note("-", txn.succeeded() ? "then" : "otherwise", session, txn.revision());
            } else if (result instanceof Result.Granted granted) {
                trace.note("-", "granted", session, granted.lease());
            } else {
                trace.note(
                        "-",
                        result.getClass().getSimpleName(),
                        session,
                        completed.proposal().sequence());
            }
        } else if (effect instanceof Effect.LeaseEnded ended) {
            trace.note("-", "ended", ended.lease(), 0);
        }
    }

    boolean isCommitted(int index, LogEntry entry) {
        return index < committed.size() && committed.get(index) == entry;
    }

    private void keepPast(int size) {
        if (size % pastEvery == 0) {
            past.put(size, truth.view());
            if (past.size() > SNAPSHOTS_KEPT) {
                pastEvery *= 2;
                past.keySet().removeIf(each -> each % pastEvery != 0);
            }
        }
    }

    /** The state of a peer that has applied the first so many entries. */
    View stateAfter(int size) {
        View view = truth.view();
        if (size < committed.size()) {
            Map.Entry<Integer, View> before = past.floorEntry(size);
            Store store = before == null ? new Store() : new Store(before.getValue());
            for (int i = before == null ? 0 : before.getKey(); i < size; i++) {
                apply(store, i);
            }
            view = store.view();
        }
        return view;
    }

    private void apply(Store store, int index) {
        LogEntry entry = committed.get(index);
        Context context = new Context(entry.term, index);
        if (entry.bytes == null) {
            store.skip(context);
        } else {
            store.apply(context, CommandCodec.decode(entry.bytes));
        }
    }

    /** A state of which a peer may have a snapshot when it has applied so many entries; null for none. */
    @Nullable
    View oldState(int applied) {
        List<View> able = List.copyOf(past.headMap(applied, true).values());
        int chosen = random.below(able.size() + 1) - 1;
        return chosen < 0 ? null : able.get(chosen);
    }

    static byte[] snapshot(View view) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            SnapshotCodec.write(view, out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
