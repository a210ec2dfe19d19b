package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.lock.WaitGraph.Claimant;
import dev.coord.recipes.lock.WaitGraph.Queue;
import dev.coord.recipes.lock.WaitGraph.Wait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The reduction against its definition, and who gives up against who closed a circle. */
class StandstillTest {
    private static final int GRAPHS = 4_000;
    private static final int OWNERS = 6;

    private static Claimant claimant(String path, String claim, String owner, int permits, long since) {
        return new Claimant(path, claim, owner, "", 1, permits, since);
    }

    private static Claimant one(String path, String owner, long since) {
        return claimant(path, owner + since, owner, 1, since);
    }

    private static Queue mutex(String path, Claimant holder, Claimant... waiters) {
        return new Queue(path, 1, List.of(holder), List.of(waiters));
    }

    private static Set<String> stuck(Queue... queues) {
        return Standstill.of(List.of(queues), Long.MAX_VALUE).parties();
    }

    @Test
    void twoWhoWaitForEachOther_waitForEver_andWhoWaitsBehindThem() {
        Queue x = mutex("/x", one("/x", "a", 1), one("/x", "b", 3), one("/x", "c", 5));
        Queue y = mutex("/y", one("/y", "b", 2), one("/y", "a", 4));
        assertThat(stuck(x, y)).containsExactlyInAnyOrder("a", "b", "c");
        Standstill all = Standstill.of(List.of(x, y), Long.MAX_VALUE);
        assertThat(all.cycles()).hasSize(1);
        assertThat(all.cycles().get(0))
                .extracting(Wait::toString)
                .containsExactlyInAnyOrder("a waits for b at /y", "b waits for a at /x");
        assertThat(all.cycleOf("c5")).as("behind it, not part of it").isEmpty();
    }

    @Test
    void waiterForOneWhoGoesOn_doesNotWaitForEver() {
        assertThat(stuck(mutex("/x", one("/x", "a", 1), one("/x", "b", 2), one("/x", "c", 3))))
                .isEmpty();
    }

    @Test
    void ownerWhoWaitsForItself_waitsForEver() {
        Queue x = mutex("/x", one("/x", "a", 1), one("/x", "a", 2));
        assertThat(stuck(x)).containsExactly("a");
        assertThat(Standstill.of(List.of(x), 2).cycleOf("a2")).isPresent();
    }

    @Test
    void semaphoreWithAHolderWhoGoesOn_isNoDeadlock() {
        Queue y = mutex("/y", one("/y", "b", 3), one("/y", "a", 4));
        List<Claimant> waiters = List.of(one("/s", "b", 5));
        assertThat(stuck(new Queue("/s", 2, List.of(one("/s", "a", 1), one("/s", "free", 2)), waiters), y))
                .isEmpty();
        assertThat(stuck(new Queue("/s", 2, List.of(claimant("/s", "a1", "a", 2, 1)), waiters), y))
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void writerInLine_keepsReadersBehindIt_intoADeadlock() {
        // b reads and waits for y; a has y and wants to read, behind a writer who waits for b.
        Queue rw = new Queue(
                "/rw",
                100,
                List.of(one("/rw", "b", 1)),
                List.of(claimant("/rw", "w3", "w", 100, 3), one("/rw", "a", 5)));
        Queue y = mutex("/y", one("/y", "a", 2), one("/y", "b", 4));
        assertThat(stuck(rw, y)).containsExactlyInAnyOrder("a", "b", "w");
        assertThat(Standstill.of(List.of(rw, y), 5).cycleOf("a5").orElseThrow())
                .extracting(Wait::toString)
                .containsExactly("a waits for w at /rw", "w waits for b at /rw", "b waits for a at /y");
    }

    @Test
    void deepChain_isReducedInTime() {
        List<Queue> queues = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            queues.add(mutex("/" + i, one("/" + i, "o" + i, i + 1), one("/" + i, "o" + (i + 1), 20_000 + i)));
        }
        assertThat(Standstill.of(queues, Long.MAX_VALUE).parties()).isEmpty();
        queues.add(mutex("/last", one("/last", "o10000", 19_000), one("/last", "o0", 40_000)));
        Standstill closed = Standstill.of(queues, Long.MAX_VALUE);
        assertThat(closed.parties()).hasSize(10_001);
        assertThat(closed.cycles()).hasSize(1);
    }

    @Test
    void anyGraph_leavesTheGreatestSetOfOwnersOfWhomNoneCanBeServed() {
        int some = 0;
        for (long seed = 1; seed <= GRAPHS; seed++) {
            List<Queue> queues = new World(new SplittableRandom(seed)).any();
            Standstill left = Standstill.of(queues, Long.MAX_VALUE);
            Set<String> expected = NaiveWaits.stuck(queues);
            assertThat(left.parties()).as("seed " + seed + " " + queues).isEqualTo(expected);
            left.cycles().forEach(cycle -> assertCircle(cycle, expected));
            assertThat(left.cycles().isEmpty()).as("seed " + seed).isEqualTo(expected.isEmpty());
            some += expected.isEmpty() ? 0 : 1;
        }
        assertThat(some).isBetween(GRAPHS / 20, GRAPHS);
    }

    private static void assertCircle(List<Wait> cycle, Set<String> stuck) {
        for (int i = 0; i < cycle.size(); i++) {
            Wait next = cycle.get((i + 1) % cycle.size());
            assertThat(cycle.get(i).ahead().party()).isEqualTo(next.waiter().party());
            assertThat(cycle.get(i).ahead().path())
                    .isEqualTo(cycle.get(i).waiter().path());
            assertThat(stuck).contains(next.waiter().party());
        }
    }

    /** One after the other asks, is served and releases, as in the store; who closes a circle gives up. */
    @Test
    void anyCourseOfRequests_isNeverStuck_ifThoseGiveUpWhoCloseACircle() {
        int victims = 0;
        for (long seed = 1; seed <= GRAPHS / 20; seed++) {
            World world = new World(new SplittableRandom(seed));
            for (int step = 0; step < 100; step++) {
                Optional<Claimant> asked = world.step();
                if (asked.isEmpty()) {
                    continue;
                }
                boolean closed = !NaiveWaits.stuck(world.queues()).isEmpty();
                boolean found = Standstill.of(world.queues(), asked.get().since())
                        .cycleOf(asked.get().claim())
                        .isPresent();
                assertThat(found).as("seed " + seed + " " + world.queues()).isEqualTo(closed);
                for (Claimant older : world.waiters()) {
                    if (!older.claim().equals(asked.get().claim())) {
                        assertThat(Standstill.of(world.queues(), older.since()).cycleOf(older.claim()))
                                .as("an older one, seed " + seed)
                                .isEmpty();
                    }
                }
                if (closed) {
                    victims++;
                    world.leave(asked.get().owner());
                    assertThat(NaiveWaits.stuck(world.queues())).isEmpty();
                }
            }
        }
        assertThat(victims).isGreaterThan(GRAPHS / 100);
    }

    /** Locks of all kinds and owners who do one thing after another. */
    private static final class World {
        private final SplittableRandom random;
        private final Map<String, Integer> capacities = new LinkedHashMap<>();
        private final Map<String, List<Claimant>> holders = new HashMap<>();
        private final Map<String, List<Claimant>> waiters = new HashMap<>();
        private final Set<String> waiting = new HashSet<>();
        private long revision;

        World(SplittableRandom random) {
            this.random = random;
            for (String path : List.of("/x", "/y", "/z")) {
                capacities.put(path, 1 + random.nextInt(3));
                holders.put(path, new ArrayList<>());
                waiters.put(path, new ArrayList<>());
            }
        }

        List<Queue> queues() {
            return capacities.keySet().stream()
                    .map(path -> new Queue(path, capacities.get(path), holders.get(path), waiters.get(path)))
                    .toList();
        }

        List<Claimant> waiters() {
            return waiters.values().stream().flatMap(List::stream).toList();
        }

        /** Any graph, also one that comes of no course of requests: owners wait in several lines. */
        List<Queue> any() {
            for (int i = 0; i < 3 + random.nextInt(10); i++) {
                String path = path();
                int permits = 1 + random.nextInt(capacities.get(path));
                Claimant one = claimant(path, "c" + ++revision, owner(), permits, revision);
                (fits(one) && random.nextBoolean() ? holders : waiters)
                        .get(path)
                        .add(one);
            }
            return queues();
        }

        private String path() {
            return "/" + (char) ('x' + random.nextInt(3));
        }

        private String owner() {
            return random.nextInt(8) == 0 ? "" : "o" + random.nextInt(OWNERS);
        }

        private boolean fits(Claimant one) {
            return used(one.path()) + one.permits() <= capacities.get(one.path());
        }

        private int used(String path) {
            return holders.get(path).stream().mapToInt(Claimant::permits).sum();
        }

        /** Somebody who does not wait asks, perhaps for several at once, or lets go; returns who has begun to wait. */
        Optional<Claimant> step() {
            String owner = "o" + random.nextInt(OWNERS);
            if (waiting.contains(owner)) {
                return Optional.empty();
            }
            if (random.nextInt(4) == 0) {
                leave(owner);
                return Optional.empty();
            }
            revision++;
            List<Claimant> asks = new ArrayList<>();
            for (String path : capacities.keySet()) {
                if (asks.isEmpty() || random.nextInt(4) == 0) {
                    String at = asks.isEmpty() && random.nextBoolean() ? "/z" : path;
                    if (asks.stream().noneMatch(one -> one.path().equals(at))) {
                        int permits = 1 + random.nextInt(capacities.get(at));
                        asks.add(claimant(at, owner + "-" + revision, owner, permits, revision));
                    }
                }
            }
            if (asks.stream().allMatch(one -> waiters.get(one.path()).isEmpty() && fits(one))) {
                asks.forEach(one -> holders.get(one.path()).add(one));
                return Optional.empty();
            }
            asks.forEach(one -> waiters.get(one.path()).add(one));
            waiting.add(owner);
            return Optional.of(asks.get(0));
        }

        void leave(String owner) {
            for (String path : capacities.keySet()) {
                holders.get(path).removeIf(one -> one.owner().equals(owner));
                waiters.get(path).removeIf(one -> one.owner().equals(owner));
            }
            waiting.remove(owner);
            serve();
        }

        private void serve() {
            boolean again = true;
            while (again) {
                again = false;
                for (Claimant one : waiters()) {
                    if (isServable(one.claim())) {
                        again = true;
                        grant(one.claim());
                        break;
                    }
                }
            }
        }

        private boolean isServable(String claim) {
            return waiters().stream()
                    .filter(one -> one.claim().equals(claim))
                    .allMatch(one -> waiters.get(one.path()).get(0).equals(one) && fits(one));
        }

        private void grant(String claim) {
            for (String path : capacities.keySet()) {
                for (Claimant one : List.copyOf(waiters.get(path))) {
                    if (one.claim().equals(claim)) {
                        waiters.get(path).remove(one);
                        holders.get(path).add(one);
                        waiting.remove(one.owner());
                    }
                }
            }
        }
    }
}
