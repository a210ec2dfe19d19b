package dev.coord.recipes.detector;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Binds the figures of a heartbeat service to a Micrometer registry: what was sent, accepted and refused, and for each neighbour
 * how strongly it is suspected and how good its detector was, in the measures of Chen, Toueg and Aguilera (2002). Needs
 * {@code micrometer-core}, which Coord does not bring along. Reading a meter never blocks.
 *
 * <p>Meters are tagged {@code member}, those of a neighbour {@code neighbour} besides. Neighbours that come later get theirs by
 * binding again; of one that is gone, and of what was not measured yet, a gauge reads as not a number.
 */
public final class HeartbeatMetrics implements MeterBinder {
    private static final String PREFIX = "coord.heartbeats.";

    private final HeartbeatService service;

    /**
     * Creates the binder of a service.
     *
     * @param service the service, held as long as the registry holds its meters
     */
    public HeartbeatMetrics(HeartbeatService service) {
        this.service = requireNonNull(service, "service");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Tags tags = Tags.of("member", service.id());
        count(registry, tags, "sent", "Heartbeats sent", HeartbeatCounters::sent);
        count(registry, tags, "accepted", "Datagrams that counted as heartbeats", HeartbeatCounters::accepted);
        count(
                registry,
                tags,
                "unsendable",
                "Heartbeats not sent, as the address cannot be read",
                HeartbeatCounters::unsendable);
        count(registry, tags, "pauses", "Times this process stood still", HeartbeatCounters::pauses);
        for (Refusal reason : Refusal.values()) {
            count(
                    registry,
                    tags.and("reason", reason.name()),
                    "refused",
                    "Datagrams that did not count",
                    counters -> counters.refused(reason));
        }
        service.statuses().forEach(status -> bind(registry, tags.and("neighbour", status.id()), status.id()));
    }

    private void count(
            MeterRegistry registry, Tags tags, String name, String what, ToDoubleFunction<HeartbeatCounters> value) {
        FunctionCounter.builder(PREFIX + name, service, s -> value.applyAsDouble(s.counters()))
                .description(what)
                .tags(tags)
                .register(registry);
    }

    private void bind(MeterRegistry registry, Tags tags, String id) {
        gauge(
                registry,
                tags,
                "suspected",
                "1 if the neighbour is suspected",
                id,
                status -> status.suspected() ? 1.0 : 0);
        gauge(registry, tags, "suspicion", "How strongly it is suspected", id, NeighbourStatus::suspicion);
        gauge(
                registry,
                tags,
                "query.accuracy",
                "Share of the time it was judged rightly",
                id,
                status -> status.quality().queryAccuracy());
        gauge(
                registry,
                tags,
                "mistake.rate",
                "Wrong suspicions an hour",
                id,
                status -> status.quality().mistakesPerHour());
        FunctionCounter.builder(
                        PREFIX + "mistakes",
                        service,
                        s -> s.status(id)
                                .map(status -> (double) status.quality().mistakes())
                                .orElse(0.0))
                .description("Wrong suspicions")
                .tags(tags)
                .register(registry);
        quantile(registry, tags, "detection.time", "From a crash to the suspicion", id, QualityReport::detectionTime);
        quantile(
                registry,
                tags,
                "mistake.recurrence",
                "From one wrong suspicion to the next",
                id,
                QualityReport::mistakeRecurrence);
        quantile(registry, tags, "good.period", "Between wrong suspicions", id, QualityReport::goodPeriod);
        time(
                registry,
                tags,
                "silence",
                "How long ago the last heartbeat came",
                id,
                status -> status.heard() ? Optional.of(status.silence()) : Optional.empty());
        quantile(
                registry,
                tags,
                "mistake.duration",
                "How long wrong suspicions lasted",
                id,
                QualityReport::mistakeDuration);
    }

    private void gauge(
            MeterRegistry registry,
            Tags tags,
            String name,
            String what,
            String id,
            Function<NeighbourStatus, Double> value) {
        Gauge.builder(PREFIX + name, service, s -> s.status(id).map(value).orElse(Double.NaN))
                .description(what)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private void quantile(
            MeterRegistry registry,
            Tags tags,
            String name,
            String what,
            String id,
            Function<QualityReport, Distribution> value) {
        time(
                registry,
                tags,
                name,
                what + ", 99 of 100",
                id,
                status -> Optional.of(value.apply(status.quality()))
                        .filter(measured -> measured.count() > 0)
                        .map(measured -> measured.quantile(0.99)));
    }

    private void time(
            MeterRegistry registry,
            Tags tags,
            String name,
            String what,
            String id,
            Function<NeighbourStatus, Optional<Duration>> value) {
        TimeGauge.builder(
                        PREFIX + name,
                        service,
                        TimeUnit.NANOSECONDS,
                        s -> s.status(id)
                                .flatMap(value)
                                .map(time -> (double) time.toNanos())
                                .orElse(Double.NaN))
                .description(what)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }
}
