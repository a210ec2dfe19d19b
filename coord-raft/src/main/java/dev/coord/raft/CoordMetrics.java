package dev.coord.raft;

import dev.coord.raft.PeerStatus.State;
import dev.coord.raft.internal.client.PeerCounts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/**
 * Binds a peer's figures to a Micrometer registry: {@code new CoordMetrics(peer).bindTo(registry)}. Needs
 * {@code micrometer-core}, which Coord does not bring along. Every meter is tagged {@code peer}; reading one never blocks.
 */
public final class CoordMetrics implements MeterBinder {
    private final CoordPeer peer;

    /**
     * Creates the binder of a peer.
     *
     * @param peer the peer, held as long as the registry holds its meters
     */
    public CoordMetrics(CoordPeer peer) {
        this.peer = peer;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(
                registry,
                "coord.running",
                "1 if the peer takes part",
                p -> is(p.status().state() == State.RUNNING));
        gauge(
                registry,
                "coord.leading",
                "1 if the peer is the Raft leader",
                p -> is(p.status().leading()));
        gauge(
                registry,
                "coord.leader.known",
                "1 if the peer knows a Raft leader",
                p -> is(p.status().leaderId() != null));
        gauge(registry, "coord.term", "The peer's Raft term", p -> p.status().term());
        gauge(
                registry,
                "coord.revision",
                "The revision its replica has reached",
                p -> p.status().revision());
        gauge(
                registry,
                "coord.applied.index",
                "The log index its replica has reached",
                p -> p.status().appliedIndex());
        gauge(
                registry,
                "coord.keys",
                "Keys in the store",
                p -> p.core().view().entries().size());
        gauge(
                registry,
                "coord.leases",
                "Leases and sessions in the store",
                p -> p.core().view().leases().size());
        gauge(
                registry,
                "coord.leases.held",
                "Leases and sessions kept alive here",
                p -> counts(p).leases());
        gauge(registry, "coord.watches", "Watches served here", p -> counts(p).watches());
        gauge(
                registry,
                "coord.operations.waiting",
                "Operations not sent yet",
                p -> counts(p).waiting());
        counter(
                registry,
                "coord.operations",
                "Operations issued here that got their result",
                p -> counts(p).settled());
        counter(
                registry,
                "coord.batches",
                "Batches of operations sent to the Raft leader",
                p -> counts(p).batches());
        counter(
                registry,
                "coord.resends",
                "Times what was in flight was sent again",
                p -> counts(p).goBacks());
        counter(
                registry,
                "coord.read.rounds",
                "Rounds that confirmed linearizable reads",
                p -> counts(p).readRounds());
    }

    private static PeerCounts counts(CoordPeer peer) {
        return peer.core().counts();
    }

    private static double is(boolean condition) {
        return condition ? 1 : 0;
    }

    private void gauge(MeterRegistry registry, String name, String what, ToDoubleFunction<CoordPeer> value) {
        Gauge.builder(name, peer, value)
                .description(what)
                .tags(Tags.of("peer", peer.id()))
                .strongReference(true)
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, String what, ToDoubleFunction<CoordPeer> value) {
        FunctionCounter.builder(name, peer, value)
                .description(what)
                .tags(Tags.of("peer", peer.id()))
                .register(registry);
    }
}
