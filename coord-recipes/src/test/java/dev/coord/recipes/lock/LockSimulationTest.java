package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Random schedules of requests, faults and pauses; after each step of the world, at most one handle is valid. */
@SuppressWarnings("FutureReturnValueIgnored")
class LockSimulationTest {
    private static final int SCHEDULES = Integer.getInteger("coord.simulation.schedules", 1000);
    private static final long FIRST_SEED = Long.getLong("coord.simulation.seed", 1);
    private static final Duration TTL = Duration.ofSeconds(2);
    private static final String PATH = "/locks/ledger";

    @Test
    void anySchedule_hasOneValidHolderAtATime_andEndsWithAnEmptyQueue() {
        int grants = 0;
        int contested = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
            Schedule schedule = new Schedule(seed);
            try {
                schedule.run();
            } catch (AssertionError e) {
                throw new AssertionError("with -Dcoord.simulation.seed=" + seed + " -Dcoord.simulation.schedules=1", e);
            }
            grants += schedule.tokens.size();
            contested += schedule.losses;
        }
        assertThat(grants).as("grants").isGreaterThan(5 * SCHEDULES);
        assertThat(contested).as("losses").isGreaterThan(SCHEDULES / 2);
    }

    private static final class Schedule {
        private final Random random;
        private final FakeWorld world;
        private final List<FakeCoord> coords = new ArrayList<>();
        private final List<CompletableFuture<Optional<LockHandle>>> requests = new ArrayList<>();
        private final List<LockHandle> handles = new ArrayList<>();
        private final Set<Long> tokens = new HashSet<>();
        private final Set<LockHandle> dead = new HashSet<>();
        private long greatestValid;
        private int losses;

        Schedule(long seed) {
            random = new Random(seed);
            world = FakeWorld.random(random);
            for (int i = 0; i < 4; i++) {
                join();
            }
            world.afterEachStep(this::check);
        }

        private void join() {
            FakeCoord coord = world.join(TTL);
            coord.kv().failWrites(12);
            coords.add(coord);
        }

        void run() {
            for (int i = 0; i < 60; i++) {
                act();
                world.advance(Duration.ofMillis(random.nextInt(300)));
                replaceExpired();
            }
            calmDown();
        }

        private void act() {
            FakeCoord coord = coords.get(random.nextInt(coords.size()));
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> request(coord);
                case 3 -> cancelOne();
                case 4, 5, 6 -> closeOne();
                case 7 -> coord.cut();
                case 8, 9 -> coord.heal();
                case 10 -> coord.pause(Duration.ofMillis(random.nextInt(4000)));
                default -> coord.compactWatches();
            }
        }

        private void request(FakeCoord coord) {
            DistributedLock lock = DistributedLock.on(coord, PATH);
            CompletableFuture<Optional<LockHandle>> request = random.nextInt(3) > 0
                    ? lock.tryAcquireAsync(Duration.ofMillis(random.nextInt(6000)))
                    : optional(lock.acquireAsync());
            requests.add(request);
            request.thenAccept(granted -> granted.ifPresent(handle -> {
                handles.add(handle);
                assertThat(tokens.add(handle.fencingToken()))
                        .as("token handed out once")
                        .isTrue();
            }));
        }

        /** Passes on cancelling, which a dependent future does not. */
        private static CompletableFuture<Optional<LockHandle>> optional(CompletableFuture<LockHandle> request) {
            CompletableFuture<Optional<LockHandle>> result = new CompletableFuture<>();
            request.whenComplete((handle, failure) -> {
                if (failure != null) {
                    result.completeExceptionally(failure);
                } else {
                    result.complete(Optional.of(handle));
                }
            });
            result.whenComplete((handle, failure) -> request.cancel(false));
            return result;
        }

        private void cancelOne() {
            if (!requests.isEmpty()) {
                requests.remove(random.nextInt(requests.size())).cancel(false);
            }
        }

        private void closeOne() {
            if (!handles.isEmpty()) {
                handles.get(random.nextInt(handles.size())).closeAsync();
            }
        }

        private void replaceExpired() {
            coords.stream()
                    .filter(coord -> coord.session().expired().isDone())
                    .toList()
                    .forEach(coord -> {
                        coords.remove(coord);
                        join();
                    });
        }

        private void check() {
            List<LockHandle> valid =
                    handles.stream().filter(LockHandle::isValid).toList();
            assertThat(valid).as("valid handles").hasSizeLessThanOrEqualTo(1);
            for (LockHandle handle : valid) {
                assertThat(world.store().holds(handle.guard()))
                        .as("guard of the valid handle")
                        .isTrue();
                assertThat(handle.fencingToken()).isGreaterThanOrEqualTo(greatestValid);
                greatestValid = handle.fencingToken();
            }
            handles.removeIf(handle -> {
                boolean gone = handle.lost().isDone();
                losses += gone ? 1 : 0;
                return gone && dead.add(handle);
            });
            assertThat(dead).as("lost for good").noneMatch(LockHandle::isValid);
        }

        private void calmDown() {
            coords.forEach(coord -> {
                coord.heal();
                coord.kv().failWrites(0);
            });
            for (int i = 0; i < 200 && !requests.stream().allMatch(CompletableFuture::isDone); i++) {
                world.advance(Duration.ofSeconds(1));
                handles.forEach(LockHandle::closeAsync);
            }
            assertThat(requests).as("every request is decided").allMatch(CompletableFuture::isDone);
            handles.forEach(LockHandle::closeAsync);
            world.advance(Duration.ofSeconds(20));
            assertThat(world.store().entries(PATH)).as("the queue at the end").isEmpty();
        }
    }
}
