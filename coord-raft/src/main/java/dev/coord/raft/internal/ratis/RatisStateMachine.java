package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.StateMachine;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands to our replica what Ratis has committed, and to the peer what Ratis has to say. */
final class RatisStateMachine extends BaseStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(RatisStateMachine.class);
    private static final CompletableFuture<Message> APPLIED = CompletableFuture.completedFuture(Message.EMPTY);

    private static final CompletableFuture<Void> FLUSHED = CompletableFuture.completedFuture(null);

    private final StateMachine replica;
    private final SnapshotStore store;
    private final Snapshotter snapshotter;
    private final LogFlush beforeFlush;
    private final Consumer<Throwable> onFailed;
    private final Runnable onStopped;
    private volatile @Nullable Thread logWriter;
    private volatile boolean broken;

    /** What the thread that writes the log does before it syncs what it has written. */
    @FunctionalInterface
    interface LogFlush {
        void run() throws IOException;
    }

    RatisStateMachine(
            StateMachine replica,
            SnapshotStore store,
            Snapshotter snapshotter,
            LogFlush beforeFlush,
            Consumer<Throwable> onFailed,
            Runnable onStopped) {
        this.replica = replica;
        this.store = store;
        this.snapshotter = snapshotter;
        this.beforeFlush = beforeFlush;
        this.onFailed = onFailed;
        this.onStopped = onStopped;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        super.initialize(server, groupId, storage);
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            store.init(storage);
                            restore();
                        },
                        IOException.class);
    }

    private void restore() throws IOException {
        TermIndex restored = store.restoreLatest(replica);
        if (restored != null) {
            setLastAppliedTermIndex(restored);
        }
        snapshotter.reset();
    }

    /** A snapshot from the leader is complete. The thread that applies may still apply one entry, which does no harm. */
    @Override
    public void pause() {
        if (getLifeCycleState() == LifeCycle.State.RUNNING) {
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
        Failures.unchecked(() -> {
            store.hold();
            return store;
        });
    }

    /** Called by the thread that applies, once the snapshot from the leader is in place. */
    @Override
    public void reinitialize() throws IOException {
        try {
            store.release();
            restore();
        } catch (IOException | RuntimeException e) {
            breakDown(e);
            if (store.getLatestSnapshot() == null) {
                throw e;
            }
        }
        getLifeCycle().startAndTransition(() -> {}, IOException.class);
        changed();
    }

    @Override
    public SnapshotStore getStateMachineStorage() {
        return store;
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        if (transaction.getClientRequest().getMessage() instanceof EntryMessage entry) {
            entry.markAppended();
        }
        return transaction;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .build();
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        ByteString data = entry.getStateMachineLogEntry().getLogData();
        advance(entry.getTerm(), entry.getIndex(), () -> {
            replica.apply(entry.getTerm(), entry.getIndex(), data.toByteArray());
            snapshotter.applied(data.size());
        });
        return APPLIED;
    }

    /** An entry of Ratis's own was committed. */
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        advance(term, index, () -> {
            replica.skip(term, index);
            snapshotter.applied(0);
        });
        changed();
    }

    /** Once the replica has broken its promise not to throw it cannot be trusted, and nothing is applied any more. */
    private void advance(long term, long index, Runnable apply) {
        if (broken) {
            return;
        }
        try {
            apply.run();
            updateLastAppliedTermIndex(term, index);
        } catch (Throwable e) {
            breakDown(e);
        }
    }

    /**
     * Stops applying and tells the peer. Throwing instead would have Ratis close itself on this thread, and if the peer is
     * closed at that moment, this thread spins and closing hangs for good.
     */
    private void breakDown(Throwable cause) {
        broken = true;
        onFailed.accept(cause);
    }

    /** Whether entries that count as applied were not. */
    boolean isBroken() {
        return broken;
    }

    private void changed() {
        try {
            replica.statusChanged();
        } catch (RuntimeException e) {
            LOG.warn("{}: a listener failed", getId(), e);
        }
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        changed();
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        changed();
    }

    @Override
    public void notifyLeaderReady() {
        changed();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        changed();
    }

    /**
     * Called by the thread that writes the log, before it syncs what it has written; there are no data of ours to flush. Nothing may be
     * thrown: Ratis's thread would end without a word, and the peer would pass for running.
     */
    @Override
    public CompletableFuture<Void> flush(long logIndex) {
        logWriter = Thread.currentThread();
        try {
            beforeFlush.run();
            return FLUSHED;
        } catch (IOException | RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The thread that writes the log, null before its first write. */
    @Nullable
    Thread logWriter() {
        return logWriter;
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        onFailed.accept(cause);
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        if (!allServer) {
            // Told only when others refused us as a candidate because we were removed.
            onStopped.run();
        }
    }

    /** Ratis has stopped applying: because we close, or by itself. */
    @Override
    public void close() {
        onStopped.run();
    }

    @Override
    public String toString() {
        return "replica";
    }
}
