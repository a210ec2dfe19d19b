package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/**
 * Counts what a coordinator does, in a Micrometer registry. Needs {@code micrometer-core}, which Coord does not bring along. Give it
 * to the builder as a listener, and the coordinator to {@link #backlogOf}.
 *
 * <p>Meters begin with {@code coord.commit.}: {@code decided} (a timer, since commit was called, tagged {@code committed}),
 * {@code resolved}, {@code takenover}, {@code recovered}, {@code retries} and
 * {@code scanfailures} (tagged {@code participant}), {@code heuristics} (tagged
 * {@code participant} and {@code contrary}), and {@code backlog}.
 */
public final class CommitMetrics implements CommitListener {
    private static final String PREFIX = "coord.commit.";

    private final MeterRegistry registry;
    private final Tags tags;

    /**
     * Creates the listener.
     *
     * @param registry where to count
     * @param path the coordinator's path, a tag of all meters
     */
    public CommitMetrics(MeterRegistry registry, String path) {
        this.registry = requireNonNull(registry, "registry");
        this.tags = Tags.of("path", requireNonNull(path, "path"));
    }

    /**
     * Adds a gauge of how many transactions have not ended, as this peer sees it.
     *
     * @param coordinator whose, held weakly
     */
    public void backlogOf(CommitCoordinator coordinator) {
        Gauge.builder(PREFIX + "backlog", coordinator, each -> each.backlog().size())
                .description("Global transactions that have not ended")
                .tags(tags)
                .register(registry);
    }

    @Override
    public void onDecided(String transaction, boolean committed, Duration sinceCommit) {
        Timer.builder(PREFIX + "decided")
                .description("Time from the call of commit to the decision")
                .tags(tags.and("committed", Boolean.toString(committed)))
                .register(registry)
                .record(sinceCommit);
    }

    @Override
    public void onResolved(String transaction, boolean committed) {
        count("resolved", "Transactions of which all participants know the outcome", tags);
    }

    @Override
    public void onTakenOver(String transaction, TransactionStatus status) {
        count("takenover", "Transactions taken over from another coordinator", tags.and("status", status.name()));
    }

    @Override
    public void onRecovered(String transaction, String participant, boolean committed) {
        count("recovered", "Branches found in doubt and told", tags.and("participant", participant));
    }

    @Override
    public void onRetry(String transaction, String participant, Throwable failure) {
        count("retries", "Calls to participants that failed", tags.and("participant", participant));
    }

    @Override
    public void onScanFailed(String participant, Throwable failure) {
        count(
                "scanfailures",
                "Participants that could not list branches in doubt",
                tags.and("participant", participant));
    }

    @Override
    public void onHeuristic(HeuristicOutcome outcome) {
        count(
                "heuristics",
                "Participants that have decided alone",
                tags.and("participant", outcome.participant(), "contrary", Boolean.toString(outcome.isContrary())));
    }

    private void count(String name, String description, Tags of) {
        Counter.builder(PREFIX + name)
                .description(description)
                .tags(of)
                .register(registry)
                .increment();
    }
}
