package dev.coord.raft;

import static java.util.Objects.requireNonNull;

import dev.coord.raft.internal.ratis.RatisFigure;
import dev.coord.raft.internal.ratis.RatisFigures;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Binds what Apache Ratis measures at a peer to a Micrometer registry: {@code new RatisMetrics(peer).bindTo(registry)}. Needs
 * {@code micrometer-core}, which Coord does not bring along. Every meter is tagged {@code peer}, those of a member of the cluster
 * {@code member} besides; the names are listed in {@code docs/metrics.md}.
 *
 * <p>Counters and timers count from the first binding on, and cost nothing before. They go on when Raft is opened anew after a
 * failure. A gauge of which Ratis says nothing at the moment, such as that of a follower at a peer that does not lead, reads as
 * not a number. Reading a meter never waits.
 *
 * <p>Peers of one id in clusters of one name share some of Ratis's figures if they are in one JVM: give test clusters names.
 */
public final class RatisMetrics implements MeterBinder {
    private static final String PREFIX = "ratis.";

    private final CoordPeer peer;

    /**
     * Creates the binder of a peer.
     *
     * @param peer the peer, held as long as the registry holds its meters
     */
    public RatisMetrics(CoordPeer peer) {
        this.peer = requireNonNull(peer, "peer");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        peer.ratisFigures().watch();
        Tags tags = Tags.of("peer", peer.id());
        for (RatisFigure figure : RatisFigure.values()) {
            switch (figure.kind()) {
                case TIMER -> timer(registry, figure, tags);
                case COUNTER -> counter(registry, figure, tags);
                case GAUGE -> gauge(registry, figure, tags, figures -> figures.value(figure));
                case MILLIS -> time(registry, figure, tags, TimeUnit.MILLISECONDS, figures -> figures.value(figure));
                case MEMBER_GAUGE, MEMBER_NANOS -> members(registry, figure, tags);
            }
        }
    }

    private void members(MeterRegistry registry, RatisFigure figure, Tags tags) {
        for (String member : peer.members()) {
            if (figure.kind() == RatisFigure.Kind.MEMBER_NANOS && member.equals(peer.id())) {
                continue; // nobody is silent to itself
            }
            Tags both = tags.and("member", member);
            // Ratis keeps those of a leader after it has stepped down.
            ToDoubleFunction<RatisFigures> value =
                    figures -> peer.status().leading() ? figures.value(figure, member) : Double.NaN;
            if (figure.kind() == RatisFigure.Kind.MEMBER_GAUGE) {
                gauge(registry, figure, both, value);
            } else {
                time(registry, figure, both, TimeUnit.NANOSECONDS, value);
            }
        }
    }

    private void timer(MeterRegistry registry, RatisFigure figure, Tags tags) {
        FunctionTimer.builder(
                        PREFIX + figure.title(),
                        peer.ratisFigures(),
                        figures -> figures.count(figure),
                        figures -> figures.totalNanos(figure),
                        TimeUnit.NANOSECONDS)
                .description(figure.description())
                .tags(tags)
                .register(registry);
    }

    private void counter(MeterRegistry registry, RatisFigure figure, Tags tags) {
        FunctionCounter.builder(PREFIX + figure.title(), peer.ratisFigures(), figures -> figures.count(figure))
                .description(figure.description())
                .tags(tags)
                .register(registry);
    }

    private void gauge(MeterRegistry registry, RatisFigure figure, Tags tags, ToDoubleFunction<RatisFigures> value) {
        Gauge.builder(PREFIX + figure.title(), peer.ratisFigures(), value)
                .description(figure.description())
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private void time(
            MeterRegistry registry,
            RatisFigure figure,
            Tags tags,
            TimeUnit unit,
            ToDoubleFunction<RatisFigures> value) {
        TimeGauge.builder(PREFIX + figure.title(), peer.ratisFigures(), unit, value)
                .description(figure.description())
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }
}
