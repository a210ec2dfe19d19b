package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.CompactedException;
import dev.coord.CoordException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeResult;
import dev.coord.raft.internal.store.Change;
import dev.coord.raft.internal.store.Revision;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A watch, renewed now and then where it stopped, and what it owes by the log: never a gap, never a repetition. */
final class LoggedWatch {
    private final WatchHubRun run;
    private final WatchSpec spec;

    /** Every revision from here on that concerns the range is owed. */
    private long owedFrom;

    private HubWatch current;
    private int opened;
    private boolean busy;
    private long lastDelivered;
    private boolean ended;
    private final Map<Long, List<WatchEvent>> delivered = new TreeMap<>();

    LoggedWatch(WatchHubRun run, KeyRange range, boolean resync, long from) {
        this.run = run;
        WatchSpec base = WatchSpec.of(range).withPreviousValues();
        spec = resync ? base.resyncing() : base;
        owedFrom = from;
        lastDelivered = from - 1;
        current = open(from);
    }

    private HubWatch open(long from) {
        run.hub.reserve();
        HubWatch watch = new HubWatch(run.hub, run.callbacks, spec.from(from), new Tape(++opened), from, gone -> {});
        run.hub.add(watch);
        return watch;
    }

    /** Closes the watch, perhaps during a call of its listener; once that is over, another goes on where it stopped. */
    void renew() {
        if (ended) {
            return;
        }
        current.close();
        if (!busy) {
            long reached = current.deliveredRevision();
            checkOwedUpTo(reached);
            current = open(reached + 1);
        }
    }

    /** What the watch says it has delivered, it has. */
    void checkDelivered() {
        if (!ended) {
            checkOwedUpTo(current.deliveredRevision());
        }
    }

    void checkComplete() {
        if (!ended && !current.isClosed()) {
            checkOwedUpTo(run.view().revision());
            assertThat(current.deliveredRevision()).isEqualTo(run.view().revision());
        }
    }

    private void checkOwedUpTo(long reached) {
        run.log.subMap(owedFrom, true, Math.max(owedFrom, reached + 1), false).forEach((number, revision) -> {
            List<WatchEvent> expected = expected(revision);
            List<WatchEvent> actual = delivered.getOrDefault(number, List.of());
            if (!actual.equals(expected)) {
                throw new AssertionError(
                        "revision " + number + ": " + actual + " instead of " + expected + "; owed from " + owedFrom
                                + ", reached " + reached + ", delivered " + delivered.keySet() + " of " + spec);
            }
        });
    }

    private List<WatchEvent> expected(Revision revision) {
        return revision.changes().stream()
                .filter(change -> spec.range().contains(change.key()))
                .map(LoggedWatch::event)
                .toList();
    }

    private static WatchEvent event(Change change) {
        WatchEvent.Kind kind = change.after() == null ? WatchEvent.Kind.DELETE : WatchEvent.Kind.PUT;
        return new WatchEvent(kind, change.key(), change.after(), change.before());
    }

    /** What the listener of one watch hears. */
    private final class Tape implements WatchListener {
        private final int number;

        Tape(int number) {
            this.number = number;
        }

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            call(() -> {
                assertThat(revision).isGreaterThan(lastDelivered);
                lastDelivered = revision;
                delivered.put(revision, events);
            });
        }

        @Override
        public void onProgress(long revision) {
            call(() -> checkOwedUpTo(revision));
        }

        @Override
        public void onResync(RangeResult state) {
            call(() -> {
                assertThat(spec.resync()).isTrue();
                assertThat(state.revision()).isGreaterThan(lastDelivered);
                assertThat(run.view().compactRevision())
                        .as("only what was compacted is replaced")
                        .isGreaterThan(lastDelivered);
                run.resyncs++;
                lastDelivered = state.revision();
                owedFrom = state.revision() + 1;
            });
        }

        @Override
        public void onEnd(CoordException cause) {
            run.checked(() -> {
                assertThat(number).as("no end after the close").isEqualTo(opened);
                assertThat(cause).isInstanceOf(CompactedException.class);
                assertThat(spec.resync()).isFalse();
                assertThat(run.view().compactRevision()).isGreaterThan(lastDelivered);
                ended = true;
                run.ends++;
            });
        }

        private void call(Runnable check) {
            run.checked(() -> {
                assertThat(busy).as("one call at a time").isFalse();
                assertThat(number).as("no call after the close").isEqualTo(opened);
                assertThat(current.isClosed()).isFalse();
                assertThat(ended).isFalse();
                busy = true;
                check.run();
                run.nested();
                busy = false;
            });
        }
    }
}
