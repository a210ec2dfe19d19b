package dev.coord.recipes.election;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import dev.coord.recipes.HoldListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts in a Micrometer registry what becomes of campaigns, and how often the elected leader changes. Needs
 * {@code micrometer-core}, which Coord does not bring along. Give it to {@link LeaderElection#withListener}, for the campaigns, and to
 * {@link LeaderElection#observe}, for the changes. The meters are listed in {@code docs/metrics.md}.
 */
public final class ElectionMetrics implements HoldListener, LeaderListener {
    private static final String PREFIX = "coord.election.";

    private final AtomicInteger campaigning = new AtomicInteger();
    private final AtomicInteger leading = new AtomicInteger();
    private final AtomicInteger leaderKnown = new AtomicInteger();
    private final Timer won;
    private final Timer resigned;
    private final Counter failed;
    private final Counter lost;
    private final Counter changes;

    /**
     * Creates the listener and registers its meters.
     *
     * @param registry where to count
     * @param name what to call the election in the tag {@code election}, such as its path
     */
    public ElectionMetrics(MeterRegistry registry, String name) {
        Tags tags = Tags.of("election", requireNonNull(name, "name"));
        won = timer(registry, tags, "won", "From campaign to leadership");
        resigned = timer(registry, tags, "resigned", "From leadership to resignation");
        failed = counter(registry, tags, "failed", "Campaigns that failed, were given up or lasted too long");
        lost = counter(registry, tags, "lost", "Leaderships lost");
        changes = counter(registry, tags, "changes", "Leaders observed after another, or after none");
        gauge(registry, tags, "campaigning", "Campaigns here", campaigning);
        gauge(registry, tags, "leading", "1 if the leader is here", leading);
        gauge(registry, tags, "leader.known", "1 if a leader is observed", leaderKnown);
    }

    private static Timer timer(MeterRegistry registry, Tags tags, String name, String what) {
        return Timer.builder(PREFIX + name).description(what).tags(tags).register(registry);
    }

    private static Counter counter(MeterRegistry registry, Tags tags, String name, String what) {
        return Counter.builder(PREFIX + name).description(what).tags(tags).register(registry);
    }

    private static void gauge(MeterRegistry registry, Tags tags, String name, String what, AtomicInteger value) {
        Gauge.builder(PREFIX + name, value, AtomicInteger::get)
                .description(what)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void onRequested() {
        campaigning.incrementAndGet();
    }

    @Override
    public void onGranted(Duration waited) {
        campaigning.decrementAndGet();
        leading.incrementAndGet();
        won.record(waited);
    }

    @Override
    public void onBusy(Duration waited) {
        campaigning.decrementAndGet();
        failed.increment();
    }

    @Override
    public void onFailed(Duration waited, Throwable failure) {
        campaigning.decrementAndGet();
        failed.increment();
    }

    @Override
    public void onReleased(Duration led) {
        leading.decrementAndGet();
        resigned.record(led);
    }

    @Override
    public void onLost(Duration led) {
        leading.decrementAndGet();
        lost.increment();
    }

    @Override
    public void onLeader(Optional<LeaderInfo> leader) {
        leaderKnown.set(leader.isPresent() ? 1 : 0);
        if (leader.isPresent()) {
            changes.increment();
        }
    }

    @Override
    public void onEnd(CoordException cause) {
        leaderKnown.set(0);
    }
}
