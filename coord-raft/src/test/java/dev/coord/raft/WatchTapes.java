package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.raft.internal.store.Revision;
import dev.coord.raft.testing.Eventually;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One watch of everything at each peer, opened again where it stopped, and all that they saw. */
final class WatchTapes implements AutoCloseable {

    /** One call of a listener. */
    record Seen(long revision, List<WatchEvent> events) {}

    private final LocalCluster cluster;
    private final Map<String, List<Seen>> tapes = new ConcurrentHashMap<>();
    private final Map<String, Watch> watches = new ConcurrentHashMap<>();
    private final Map<String, CoordException> ends = new ConcurrentHashMap<>();

    WatchTapes(LocalCluster cluster) {
        this.cluster = cluster;
    }

    void open(String peer) {
        tapes.put(peer, new ArrayList<>());
        openFrom(peer, 1);
    }

    /** Goes on at a peer that was killed and restarted. */
    void reopen(String peer) {
        Eventually.until("the end of the watch at " + peer, () -> ends.containsKey(peer));
        openFrom(peer, watches.get(peer).deliveredRevision() + 1);
    }

    private void openFrom(String peer, long revision) {
        try {
            Coord coord = cluster.peer(peer).openSession(Duration.ofSeconds(20));
            WatchSpec all = WatchSpec.of(KeyRange.all()).withPreviousValues().from(revision);
            watches.put(peer, coord.watch(all, new Tape(peer)));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private final class Tape implements WatchListener {
        private final String peer;

        Tape(String peer) {
            this.peer = peer;
        }

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            List<Seen> tape = tapes.get(peer);
            synchronized (tape) {
                tape.add(new Seen(revision, events));
            }
        }

        @Override
        public void onEnd(CoordException cause) {
            ends.put(peer, cause);
        }
    }

    List<Seen> of(String peer) {
        List<Seen> tape = tapes.get(peer);
        synchronized (tape) {
            return List.copyOf(tape);
        }
    }

    void awaitRevision(long revision) {
        watches.forEach((peer, watch) -> Eventually.until(
                Duration.ofSeconds(60),
                () -> peer + " delivered " + watch.deliveredRevision() + ", end " + ends.get(peer),
                () -> watch.deliveredRevision() >= revision));
    }

    /** What a watch of everything must see of a history. */
    static List<Seen> expected(Collection<Revision> history) {
        return history.stream()
                .map(revision -> new Seen(
                        revision.number(),
                        revision.changes().stream()
                                .map(change -> new WatchEvent(
                                        change.after() == null ? WatchEvent.Kind.DELETE : WatchEvent.Kind.PUT,
                                        change.key(),
                                        change.after(),
                                        change.before()))
                                .toList()))
                .toList();
    }

    /** The previous value of each event is what the events before it left behind. */
    static void checkPreviousValues(List<Seen> tape) {
        Map<String, Entry> state = new HashMap<>();
        for (Seen seen : tape) {
            for (WatchEvent event : seen.events()) {
                assertThat(event.before()).as("revision " + seen.revision()).isEqualTo(state.get(event.key()));
                if (event.after() == null) {
                    state.remove(event.key());
                } else {
                    assertThat(event.after().modRevision()).isEqualTo(seen.revision());
                    state.put(event.key(), event.after());
                }
            }
        }
    }

    @Override
    public void close() {
        watches.values().forEach(Watch::close);
    }
}
