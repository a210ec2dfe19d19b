package dev.coord.chaos.wire;

import dev.coord.lease.Session;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A session that a peer keeps alive. */
final class RemoteSession implements Session {
    private final long id;
    private final Duration ttl;
    private final Held held;
    private final AtomicLong numbers = new AtomicLong();

    private RemoteSession(long id, Duration ttl, Held held) {
        this.id = id;
        this.ttl = ttl;
        this.held = held;
    }

    record Opened(long id, long leftNanos) {
        static Opened get(Reader in) {
            return new Opened(in.getNumber(), in.getNumber());
        }
    }

    static RemoteSession begin(Link link, Opened opened, Duration ttl, long sentNanos) {
        Held held = new Held(link, Verb.VALIDITY, out -> {}, ttl, true);
        held.begin(sentNanos, opened.leftNanos());
        return new RemoteSession(opened.id(), ttl, held);
    }

    void end() {
        held.end();
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
        return held.isValid();
    }

    @Override
    public Deadline validUntil() {
        return held.validUntil();
    }

    @Override
    public CompletableFuture<Void> lapsed() {
        return held.lapsed();
    }

    @Override
    public CompletableFuture<Void> expired() {
        return held.ended();
    }

    @Override
    public long nextNumber() {
        return numbers.incrementAndGet();
    }
}
