package dev.coord.recipes.fake;

import dev.coord.lease.Session;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps itself alive at a third of its time to live, and reckons its validity from the sending. */
public final class FakeSession implements Session {
    private final FakeCoord coord;
    private final Duration ttl;
    private final long id;
    private final CompletableFuture<Void> expired = new CompletableFuture<>();
    private volatile CompletableFuture<Void> lapsed = new CompletableFuture<>();
    private volatile long validUntil;
    private final AtomicLong numbers = new AtomicLong();

    FakeSession(FakeCoord coord, Duration ttl) {
        this.coord = coord;
        this.ttl = ttl;
        this.id = coord.world.store().openSession(ttl.toNanos());
        extend(coord.world.now());
        coord.later(ttl.toNanos() / 3, this::keepAlive);
    }

    private void keepAlive() {
        if (expired.isDone()) {
            return;
        }
        coord.later(ttl.toNanos() / (coord.isLinked() ? 3 : 30), this::keepAlive);
        long sentAt = coord.world.now();
        if (coord.isLinked()) {
            coord.world.post(null, coord.world.delay(), () -> {
                if (coord.isLinked()) {
                    boolean kept = coord.world.store().keepAlive(id, ttl.toNanos(), false);
                    coord.later(coord.world.delay(), () -> answered(sentAt, kept));
                }
            });
        }
    }

    private void answered(long sentAt, boolean kept) {
        if (!kept && coord.isLinked()) {
            end();
        } else if (coord.isLinked()) {
            extend(sentAt);
        }
    }

    private void extend(long sentAt) {
        long until = sentAt + ttl.toNanos() * 9 / 10;
        long now = coord.world.now();
        if (until <= validUntil || until <= now || expired.isDone()) {
            return;
        }
        if (validUntil != 0 && now >= validUntil) {
            lapsed.complete(null);
        }
        if (lapsed.isDone()) {
            lapsed = new CompletableFuture<>();
        }
        validUntil = until;
        coord.later(until - now, this::lapseIfDue);
    }

    private void lapseIfDue() {
        if (coord.world.now() >= validUntil) {
            lapsed.complete(null);
        }
    }

    void end() {
        validUntil = Math.min(validUntil, coord.world.now());
        lapsed.complete(null);
        expired.complete(null);
    }

    void close() {
        long closing = id;
        end();
        coord.world.post(null, coord.world.delay(), () -> coord.world.store().endSession(closing));
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public Duration ttl() {
        return ttl;
    }

    @Override
    public Duration validity() {
        return ttl;
    }

    @Override
    public boolean isValid() {
        return coord.world.now() < validUntil;
    }

    @Override
    public Deadline validUntil() {
        return Deadline.at(coord.world.ticker(), validUntil);
    }

    @Override
    public CompletableFuture<Void> lapsed() {
        if (!isValid()) {
            lapsed.complete(null);
        }
        return lapsed;
    }

    @Override
    public CompletableFuture<Void> expired() {
        return expired;
    }

    @Override
    public long nextNumber() {
        return numbers.incrementAndGet();
    }
}
