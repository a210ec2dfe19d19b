package dev.coord.raft;

import static java.util.Objects.requireNonNull;

import dev.coord.raft.PeerStatus.State;
import dev.coord.raft.internal.client.Latencies;
import dev.coord.raft.internal.client.PeerCounts;
import dev.coord.raft.internal.client.PeerMeasures;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Binds a peer's figures to a Micrometer registry: {@code new CoordMetrics(peer).bindTo(registry)}. Needs
 * {@code micrometer-core}, which Coord does not bring along. Every meter is tagged {@code peer}; reading one never blocks. The
 * names are listed in {@code docs/metrics.md}.
 *
 * <p>Latencies, local reads and events of watches are counted from the first binding on, and cost nothing before. Quantiles are
 * of the last half minute to minute if they are read at least so often, and err by 7 percent at most.
 */
public final class CoordMetrics implements MeterBinder {
    private static final String PREFIX = "coord.";
    private static final Map<String, Double> QUANTILES = Map.of("0.5", 0.5, "0.99", 0.99, "0.999", 0.999);

    private final CoordPeer peer;

    /**
     * Creates the binder of a peer.
     *
     * @param peer the peer, held as long as the registry holds its meters
     */
    public CoordMetrics(CoordPeer peer) {
        this.peer = requireNonNull(peer, "peer");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        peer.core().measures().watch();
        Meters meters = new Meters(registry, peer, Tags.of("peer", peer.id()));
        bindPeer(meters);
        bindStore(meters);
        bindOperations(meters);
        bindBatches(meters);
        bindReads(meters);
        bindLeases(meters);
        bindWatches(meters);
    }

    private static void bindPeer(Meters to) {
        to.gauge("running", "1 if the peer takes part", p -> is(p.status().state() == State.RUNNING));
        to.gauge(
                "leading",
                "1 if the peer is the Raft leader",
                p -> is(p.status().leading()));
        to.gauge(
                "leader.known",
                "1 if the peer knows a Raft leader",
                p -> is(p.status().leaderId() != null));
        to.gauge("term", "The peer's Raft term", p -> p.status().term());
        to.measured("leader.changes", "Raft leaders of another term heard of", PeerMeasures::leaderChanges);
        to.gauge("callbacks.waiting", "Callbacks that wait for a thread", CoordPeer::callbacksWaiting);
        to.gauge("callbacks.threads", "Threads that run callbacks", CoordPeer::callbackThreads);
    }

    private static void bindStore(Meters to) {
        to.gauge(
                "revision",
                "The revision its replica has reached",
                p -> p.status().revision());
        to.gauge(
                "applied.index",
                "The log index its replica has reached",
                p -> p.status().appliedIndex());
        to.gauge("keys", "Keys in the store", p -> p.core().view().entries().size());
        to.gauge(
                "history.revisions",
                "Past revisions that can be read",
                p -> p.core().view().revision() - p.core().view().compactRevision());
        to.gauge(
                "history.bytes",
                "Memory of past revisions, about",
                p -> p.core().view().historyBytes());
    }

    private static void bindOperations(Meters to) {
        to.counted("operations", "Operations issued here that got their result", PeerCounts::settled);
        to.measured("operations.refused", "Refused as too many were in flight", PeerMeasures::operationsRefused);
        to.measured("operations.given.up", "Without an outcome in time", PeerMeasures::operationsGivenUp);
        to.momentary("operations.in.flight", "Operations and waiting reads not told yet", PeerCounts::inFlight);
        to.momentary("operations.waiting", "Operations not sent yet", PeerCounts::waiting);
        to.latencies("operations.latency", "From issue to result", PeerMeasures::operationLatencies);
    }

    private static void bindBatches(Meters to) {
        to.counted("batches", "Batches of operations sent to the Raft leader", PeerCounts::batches);
        to.measured("batches.operations", "Operations in them", PeerMeasures::batchOperations);
        to.measured("batches.bytes", "Bytes in them", PeerMeasures::batchBytes);
        to.momentary("batches.in.flight", "Batches without a result yet", PeerCounts::flights);
        to.counted("resends", "Times what was in flight was sent again", PeerCounts::goBacks);
    }

    private static void bindReads(Meters to) {
        to.measured("reads.local", "Reads served from memory as it was", PeerMeasures::localReads);
        to.measured("reads.confirmed", "Reads the Raft leader confirmed", PeerMeasures::confirmedReads);
        to.counted("reads.rounds", "Rounds that confirmed them", PeerCounts::readRounds);
        to.latencies("reads.latency", "Of confirmed reads", PeerMeasures::readLatencies);
    }

    private static void bindLeases(Meters to) {
        to.gauge(
                "leases",
                "Leases and sessions in the store",
                p -> p.core().view().leases().size());
        to.momentary("leases.held", "Leases and sessions kept alive here", PeerCounts::leases);
        to.measured("leases.ended", "Leases and sessions that ended in the store", PeerMeasures::leasesEnded);
        to.measured("leases.lapsed", "Times a holder here lost its validity", PeerMeasures::leasesLapsed);
        to.measured("keepalives", "Messages that kept leases alive", PeerMeasures::keepAlives);
        to.measured("keepalives.failed", "Those without an answer", PeerMeasures::keepAlivesFailed);
        to.momentary("sessions", "Sessions open here", PeerCounts::sessions);
        to.measured("sessions.expired", "Those that ended before they were closed", PeerMeasures::sessionsExpired);
    }

    private static void bindWatches(Meters to) {
        to.momentary("watches", "Watches served here", PeerCounts::watches);
        to.measured("watches.events", "Events told to their listeners", PeerMeasures::watchEvents);
        to.gauge(
                "watches.backlog",
                "Revisions that the slowest is behind",
                p -> p.core().watchBacklog());
        to.measured("watches.resyncs", "Times one got the present state instead", PeerMeasures::resyncs);
        to.measured("watches.compacted", "Those ended by compaction", PeerMeasures::watchesCompacted);
    }

    private static double is(boolean condition) {
        return condition ? 1 : 0;
    }

    /** Registers meters of one peer. */
    private record Meters(MeterRegistry registry, CoordPeer peer, Tags tags) {

        void gauge(String name, String what, ToDoubleFunction<CoordPeer> value) {
            Gauge.builder(PREFIX + name, peer, value)
                    .description(what)
                    .tags(tags)
                    .strongReference(true)
                    .register(registry);
        }

        void momentary(String name, String what, ToDoubleFunction<PeerCounts> value) {
            gauge(name, what, p -> value.applyAsDouble(p.core().counts()));
        }

        void counted(String name, String what, ToDoubleFunction<PeerCounts> value) {
            counter(name, what, p -> value.applyAsDouble(p.core().counts()));
        }

        void measured(String name, String what, ToDoubleFunction<PeerMeasures> value) {
            counter(name, what, p -> value.applyAsDouble(p.core().measures()));
        }

        private void counter(String name, String what, ToDoubleFunction<CoordPeer> value) {
            FunctionCounter.builder(PREFIX + name, peer, value)
                    .description(what)
                    .tags(tags)
                    .register(registry);
        }

        /** A timer that tells count and sum, and gauges of quantiles. */
        void latencies(String name, String what, Function<PeerMeasures, Latencies> of) {
            Latencies latencies = of.apply(peer.core().measures());
            FunctionTimer.builder(
                            PREFIX + name, latencies, Latencies::count, Latencies::totalNanos, TimeUnit.NANOSECONDS)
                    .description(what)
                    .tags(tags)
                    .register(registry);
            QUANTILES.forEach((label, part) -> TimeGauge.builder(
                            PREFIX + name + ".quantile",
                            latencies,
                            TimeUnit.NANOSECONDS,
                            each -> each.quantileNanos(part))
                    .description(what + ", so great a part of them, of late")
                    .tags(tags.and("quantile", label))
                    .strongReference(true)
                    .register(registry));
        }
    }
}
