package dev.coord.recipes.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.SimulatedFaults;
import dev.coord.watch.WatchEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random writes, faults, compaction and snapshots: whatever a mirror shows or tells is the state of the store at the
 * revision that it names, and when all is quiet it is the present one.
 */
@SuppressWarnings("FutureReturnValueIgnored")
class KeyMirrorSimulationTest {
    private static final int SCHEDULES = Integer.getInteger("coord.simulation.schedules", 60);
    private static final long FIRST_SEED = Long.getLong("coord.simulation.seed", 1);
    private static final KeyRange RANGE = KeyRange.prefix("/m/");

    @Test
    void anySchedule_showsAndTellsTheTruth() {
        int told = 0;
        int compacted = 0;
        int slow = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
            try (Schedule schedule = new Schedule(seed)) {
                schedule.run();
                told += schedule.told();
                compacted += schedule.resyncs(ResyncCause.COMPACTED);
                slow += schedule.resyncs(ResyncCause.SLOW_LISTENER);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("with -Dcoord.simulation.seed=" + seed + " -Dcoord.simulation.schedules=1", e);
            }
        }
        assertThat(told).as("states told").isGreaterThan(20 * SCHEDULES);
        assertThat(compacted).as("resyncs after compaction").isGreaterThan(SCHEDULES / 10);
        assertThat(slow).as("resyncs of slow listeners").isGreaterThan(SCHEDULES / 10);
    }

    @Test
    void endOfAMirror_isSignalledWhenItsReasonIsKnown() throws InterruptedException {
        try (SimulatedCluster cluster = SimulatedCluster.start(1, FIRST_SEED)) {
            KeyMirror<String> mirror = KeyMirror.of(cluster.coord("n1"), RANGE, Codec.text())
                    .start()
                    .awaitReady();
            List<Boolean> known = new ArrayList<>();
            mirror.over().thenRun(() -> known.add(mirror.failure().isPresent()));
            mirror.close();
            assertThat(known).as("those who wait look at the signal only").containsExactly(true);
        }
    }

    /** A mirror with a quick and a slow listener. */
    private static final class Subject {
        final KeyMirror<String> mirror;
        final ToldMirror quick = new ToldMirror();
        final ToldMirror slow = new ToldMirror();
        final Queue<Runnable> slowTasks = new ArrayDeque<>();
        int quickSeen;
        int slowSeen;
        long shown;

        Subject(SimulatedCluster cluster, String peer) {
            mirror = KeyMirror.of(cluster.coord(peer), RANGE, Codec.text())
                    .backlog(4)
                    .listener(quick)
                    .listener(slow, slowTasks::add)
                    .start();
        }

        void runSlow() {
            for (Runnable task = slowTasks.poll(); task != null; task = slowTasks.poll()) {
                task.run();
            }
        }
    }

    private static final class Schedule implements AutoCloseable {
        private final Random random;
        private final SimulatedCluster cluster;
        private final List<Subject> subjects = new ArrayList<>();
        private final Set<String> crashed = new HashSet<>();
        private final Set<String> paused = new HashSet<>();

        /** The range at each revision that changed it. */
        private final NavigableMap<Long, TreeMap<String, Entry>> truth = new TreeMap<>();

        private long known;

        Schedule(long seed) {
            random = new Random(seed);
            cluster = SimulatedCluster.builder()
                    .seed(seed)
                    .history(12, Duration.ofHours(1))
                    .sessionTtl(Duration.ofMinutes(10))
                    .progressInterval(Duration.ofSeconds(2))
                    .start();
            truth.put(0L, new TreeMap<>());
            cluster.onStep(this::check);
            cluster.ids().forEach(id -> subjects.add(new Subject(cluster, id)));
        }

        void run() {
            for (int i = 0; i < 120; i++) {
                act(cluster.ids().get(random.nextInt(3)));
                cluster.advance(Duration.ofMillis(random.nextInt(200)));
            }
            calmDown();
        }

        private void act(String peer) {
            SimulatedFaults faults = cluster.faults();
            boolean up = !crashed.contains(peer) && !paused.contains(peer);
            switch (random.nextInt(20)) {
                case 0 -> faults.isolate(peer);
                case 1 -> faults.heal();
                case 2 ->
                    ifUp(up, () -> {
                        faults.delayReplica(peer, Duration.ofMillis(random.nextInt(4000)));
                        faults.installSnapshot(peer);
                    });
                case 3 ->
                    ifUp(up && paused.isEmpty(), () -> {
                        faults.pause(peer);
                        paused.add(peer);
                    });
                case 4 -> {
                    paused.forEach(faults::resume);
                    paused.clear();
                }
                case 5 ->
                    ifUp(up && crashed.isEmpty() && random.nextInt(3) == 0, () -> {
                        faults.crash(peer);
                        crashed.add(peer);
                    });
                case 6 -> restart();
                case 7 -> subjects.forEach(Subject::runSlow);
                case 8 -> ifUp(up, () -> subjects.add(new Subject(cluster, peer)));
                default -> ifUp(up, () -> write(peer));
            }
        }

        private static void ifUp(boolean condition, Runnable action) {
            if (condition) {
                action.run();
            }
        }

        /** Also ends what would keep a new session from being opened. */
        private void restart() {
            cluster.faults().heal();
            paused.forEach(cluster.faults()::resume);
            paused.clear();
            crashed.forEach(peer -> {
                cluster.faults().restart(peer);
                subjects.add(new Subject(cluster, peer));
            });
            crashed.clear();
        }

        private void write(String peer) {
            for (int i = random.nextInt(6); i >= 0; i--) {
                String key = "/m/" + random.nextInt(9);
                Op op = random.nextInt(3) == 0 ? Op.delete(key) : Op.put(key, "v" + random.nextInt());
                Op other = random.nextInt(6) == 0
                        ? Op.delete(KeyRange.between("/m/x", "/m/y"))
                        : Op.put("/m/x" + random.nextInt(4), "v" + random.nextInt());
                Op outside = Op.put("/outside", "");
                cluster.coord(peer)
                        .kv()
                        .txn()
                        .then(random.nextInt(4) == 0 ? new Op[] {outside} : new Op[] {op, other})
                        .commitAsync();
            }
        }

        // ---- what must hold after each step

        private void check() {
            learn();
            for (Subject subject : subjects) {
                if (subject.mirror.ready().isDone() && !subject.mirror.ready().isCompletedExceptionally()) {
                    MirrorSnapshot<String> state = subject.mirror.snapshot();
                    assertThat(state.revision()).isGreaterThanOrEqualTo(subject.shown);
                    if (state.revision() > subject.shown) {
                        assertTrue(state);
                    }
                    subject.shown = state.revision();
                }
                subject.quickSeen = checkTold(subject.quick, subject.quickSeen);
                subject.slowSeen = checkTold(subject.slow, subject.slowSeen);
            }
        }

        private int checkTold(ToldMirror told, int seen) {
            told.check();
            told.states.subList(seen, told.states.size()).forEach(this::assertTrue);
            return told.states.size();
        }

        private void learn() {
            long committed =
                    cluster.committed(RangeQuery.of(RANGE).countedOnly()).revision();
            while (known < committed) {
                known++;
                TreeMap<String, Entry> next = new TreeMap<>(truth.lastEntry().getValue());
                for (WatchEvent event : cluster.committedChanges(known)) {
                    if (RANGE.contains(event.key())) {
                        event.entry()
                                .ifPresentOrElse(entry -> next.put(event.key(), entry), () -> next.remove(event.key()));
                    }
                }
                truth.put(known, next);
            }
        }

        private void assertTrue(MirrorSnapshot<String> state) {
            assertThat(state.revision()).as("not of the future").isLessThanOrEqualTo(known);
            assertThat(state.entries().values().stream().map(MirrorEntry::entry))
                    .as("at revision " + state.revision())
                    .containsExactlyElementsOf(
                            truth.floorEntry(state.revision()).getValue().values());
        }

        private void calmDown() {
            restart();
            cluster.advance(Duration.ofSeconds(10));
            long last = cluster.await(cluster.coord("n1").kv().putAsync("/m/last", Value.EMPTY));
            for (Subject subject : subjects) {
                if (subject.mirror.failure().isEmpty()) {
                    cluster.await(subject.mirror.awaitRevisionAsync(last));
                    cluster.runUntil(() -> subject.quick.hasHeard(last));
                    subject.runSlow();
                    assertThat(subject.slow.last().values())
                            .isEqualTo(subject.quick.last().values());
                } else {
                    assertThat(subject.quick.ends).hasSize(1);
                }
            }
            check();
            subjects.forEach(subject -> subject.mirror.close());
        }

        int told() {
            return subjects.stream()
                    .mapToInt(subject -> subject.quick.states.size())
                    .sum();
        }

        int resyncs(ResyncCause cause) {
            return (int) subjects.stream()
                    .flatMap(
                            subject -> (cause == ResyncCause.COMPACTED ? subject.quick : subject.slow).resyncs.stream())
                    .filter(cause::equals)
                    .count();
        }

        @Override
        public void close() {
            cluster.close();
        }
    }
}
