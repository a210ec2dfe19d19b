package dev.coord.recipes.fake;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.IndeterminateException;
import dev.coord.LimitExceededException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads and writes over the link: writes in order and exactly once, resent while the link is cut. */
public final class FakeKv implements Kv {
    /** What can happen to a write. */
    public enum Fault {
        /** Not applied, and reported so. */
        REFUSE,
        /** Applied, but reported as unknown. */
        LOSE_REPLY,
        /** Reported as unknown and applied later, yet before what is issued after it. */
        APPLY_LATE,
        /** Reported as unknown and never applied. */
        LOSE_REQUEST
    }

    private static final long TIMEOUT = Duration.ofSeconds(10).toNanos();
    private static final long RESEND = Duration.ofMillis(20).toNanos();

    private final class Write implements Txn {
        private final List<Guard> guards = new ArrayList<>();
        private final List<Op> then = new ArrayList<>();
        private final List<Op> otherwise = new ArrayList<>();
        private final CompletableFuture<TxnResult> reply = new CompletableFuture<>();
        private @Nullable Fault fault;
        private boolean sent;

        @Override
        public Txn when(Guard... more) {
            guards.addAll(List.of(more));
            return this;
        }

        @Override
        public Txn then(Op... more) {
            then.addAll(List.of(more));
            return this;
        }

        @Override
        public Txn otherwise(Op... more) {
            otherwise.addAll(List.of(more));
            return this;
        }

        @Override
        public TxnResult commit() {
            throw new UnsupportedOperationException("the tests step the world");
        }

        @Override
        public CompletableFuture<TxnResult> commitAsync() {
            return issue(this);
        }
    }

    private final FakeCoord coord;
    private final Deque<Write> outbox = new ArrayDeque<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private boolean delivering;
    private boolean full;
    private int faultOneIn;
    private int reads;
    private int writes;

    FakeKv(FakeCoord coord) {
        this.coord = coord;
    }

    /** Lets the next write that has none yet suffer this. */
    public synchronized void failNextWrite(Fault fault) {
        faults.add(fault);
    }

    /** Does not even send the next write, as if too much were on its way already. */
    public synchronized void refuseNextWrite() {
        full = true;
    }

    /** Lets one write in so many suffer something; 0 for none. */
    public synchronized void failWrites(int oneIn) {
        faultOneIn = oneIn;
    }

    /** How many reads had to ask the leader. */
    public int reads() {
        return reads;
    }

    public int writes() {
        return writes;
    }

    private synchronized CompletableFuture<TxnResult> issue(Write write) {
        if (coord.isClosed()) {
            return CompletableFuture.failedFuture(new ClosedException(Outcome.NOT_APPLIED, "handle"));
        }
        if (full) {
            full = false;
            return CompletableFuture.failedFuture(new LimitExceededException("too many writes in flight"));
        }
        writes++;
        write.fault = faults.poll();
        if (write.fault == null && faultOneIn > 0 && coord.world.chance(faultOneIn)) {
            Fault[] all = Fault.values();
            write.fault = coord.world.chance(2)
                    ? all[0]
                    : coord.world.chance(2) ? all[1] : coord.world.chance(2) ? all[2] : all[3];
        }
        outbox.add(write);
        coord.later(TIMEOUT, () -> timedOut(write));
        deliverSoon(coord.world.delay());
        return write.reply;
    }

    private synchronized void deliverSoon(long delay) {
        if (!delivering && !outbox.isEmpty()) {
            delivering = true;
            coord.later(delay, this::deliverHead);
        }
    }

    private void deliverHead() {
        synchronized (this) {
            delivering = false;
        }
        if (coord.isLinked()) {
            Write write = outbox.peek();
            if (write != null) {
                outbox.remove();
                write.sent = true;
                deliver(write);
            }
            deliverSoon(coord.world.delay());
        } else {
            deliverSoon(RESEND);
        }
    }

    private void deliver(Write write) {
        if (write.fault == null) {
            reply(write, () -> apply(write));
        } else {
            fail(write, write.fault);
        }
    }

    private void fail(Write write, Fault fault) {
        switch (fault) {
            case REFUSE -> answer(write, null, new UnavailableException("refused"));
            case LOSE_REQUEST -> answer(write, null, new IndeterminateException("request lost"));
            case LOSE_REPLY -> {
                reply(write, () -> {
                    apply(write);
                    throw new IndeterminateException("reply lost");
                });
            }
            case APPLY_LATE -> {
                write.fault = null;
                synchronized (this) {
                    outbox.addFirst(write);
                }
                write.reply.completeExceptionally(new IndeterminateException("not heard of in time"));
            }
        }
    }

    private void reply(Write write, Supplier<TxnResult> applied) {
        try {
            answer(write, applied.get(), null);
        } catch (CoordException e) {
            answer(write, null, e);
        }
    }

    private TxnResult apply(Write write) {
        return coord.world.store().apply(coord.session.id(), write.guards, write.then, write.otherwise);
    }

    private void answer(Write write, @Nullable TxnResult result, @Nullable CoordException failure) {
        coord.later(coord.world.delay(), () -> {
            if (!coord.isLinked()) {
                coord.later(RESEND, () -> answer(write, result, failure));
            } else if (result != null) {
                coord.applyUpTo(result.revision());
                write.reply.complete(result);
            } else if (failure != null) {
                if (failure instanceof SessionExpiredException) {
                    coord.session.end();
                }
                write.reply.completeExceptionally(failure);
            }
        });
    }

    private void timedOut(Write write) {
        if (write.reply.isDone()) {
            return;
        }
        synchronized (this) {
            outbox.remove(write);
        }
        write.reply.completeExceptionally(
                write.sent ? new IndeterminateException("no reply") : new UnavailableException("no leader"));
    }

    @Override
    public CompletableFuture<RangeResult> rangeAsync(RangeQuery query, Consistency consistency) {
        CompletableFuture<RangeResult> reply = new CompletableFuture<>();
        if (consistency.kind() == Consistency.Kind.SEQUENTIAL
                || (consistency.kind() == Consistency.Kind.AT_LEAST && consistency.revision() <= coord.applied())) {
            reply.complete(coord.world.store().read(query, coord.applied()));
        } else {
            reads++;
            confirm(query, reply, coord.world.now() + TIMEOUT);
        }
        return reply;
    }

    private void confirm(RangeQuery query, CompletableFuture<RangeResult> reply, long deadline) {
        coord.later(coord.world.delay(), () -> {
            if (!coord.isLinked() && coord.world.now() >= deadline) {
                reply.completeExceptionally(new UnavailableException("no leader"));
            } else if (!coord.isLinked()) {
                coord.later(RESEND, () -> confirm(query, reply, deadline));
            } else {
                long index = coord.world.store().revision();
                coord.later(coord.world.delay(), () -> {
                    coord.applyUpTo(index);
                    reply.complete(coord.world.store().read(query, index));
                });
            }
        });
    }

    @Override
    public Optional<Entry> get(String key, Consistency consistency) throws InterruptedException {
        return range(RangeQuery.of(KeyRange.key(key)), consistency).entries().stream()
                .findFirst();
    }

    @Override
    public CompletableFuture<Optional<Entry>> getAsync(String key, Consistency consistency) {
        return rangeAsync(RangeQuery.of(KeyRange.key(key)), consistency)
                .thenApply(result -> result.entries().stream().findFirst());
    }

    @Override
    public RangeResult range(RangeQuery query, Consistency consistency) throws InterruptedException {
        CompletableFuture<RangeResult> reply = rangeAsync(query, consistency);
        coord.world.settleUntil(reply::isDone);
        return reply.join();
    }

    @Override
    public Txn txn() {
        return new Write();
    }

    @Override
    public Kv withTimeout(Duration timeout) {
        return this;
    }

    @Override
    public Kv waitingForRoom() {
        return this;
    }
}
