package dev.coord.recipes.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of a writer that goes back to reading. */
class ReadWriteLockFailureTest {
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final String PATH = "/locks/catalogue";

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord a = world.join(TTL);
    private final FakeCoord b = world.join(TTL);

    private <T> CompletableFuture<T> settled(CompletableFuture<T> future) {
        world.settle();
        return future;
    }

    private WriteLockHandle writer() {
        return settled(DistributedReadWriteLock.on(a, PATH).writeLock().acquireAsync())
                .join();
    }

    private static List<HandleState> statesOf(FencedHandle handle) {
        List<HandleState> told = new ArrayList<>();
        handle.onStateChange(told::add);
        return told;
    }

    @Test
    void writer_downgraded_isInTheStateLost_theReaderHeld() {
        WriteLockHandle writer = writer();
        List<HandleState> told = statesOf(writer);
        world.settle();
        ReadLockHandle reader = writer.downgrade();
        assertThat(writer.isValid()).isFalse();
        assertThat(writer.state()).isEqualTo(HandleState.LOST);
        assertThat(reader.state()).isEqualTo(HandleState.HELD);
        world.settle();
        assertThat(told).containsExactly(HandleState.HELD, HandleState.LOST);

        settled(reader.closeAsync()).join();
        assertThat(reader.state()).isEqualTo(HandleState.LOST);
    }

    @Test
    void upgrade_closed_isInTheStateLost() {
        ReadLockHandle reader = settled(
                        DistributedReadWriteLock.on(a, PATH).readLock().acquireAsync())
                .join();
        WriteLockHandle writer =
                settled(reader.tryUpgradeAsync(Duration.ZERO)).join().handle().orElseThrow();
        List<HandleState> told = statesOf(writer);
        world.settle();
        settled(writer.closeAsync()).join();
        assertThat(writer.state()).isEqualTo(HandleState.LOST);
        assertThat(told).containsExactly(HandleState.HELD, HandleState.LOST);
        assertThat(reader.state()).isEqualTo(HandleState.HELD);
        settled(reader.closeAsync()).join();
    }

    @Test
    void writer_released_tellsThatItIsLost() {
        WriteLockHandle writer = writer();
        List<HandleState> told = statesOf(writer);
        world.settle();
        settled(writer.closeAsync()).join();
        assertThat(told).containsExactly(HandleState.HELD, HandleState.LOST);
    }

    @Test
    void downgrade_refusedAsTooMuchIsOnItsWay_isRepeated_andReadersComeIn() {
        WriteLockHandle writer = writer();
        CompletableFuture<ReadLockHandle> other =
                settled(DistributedReadWriteLock.on(b, PATH).readLock().acquireAsync());
        assertThat(other).isNotDone();
        a.kv().refuseNextWrite();
        ReadLockHandle reader = writer.downgrade();
        world.advance(Duration.ofSeconds(1));

        assertThat(other).isCompleted();
        assertThat(reader.isValid()).isTrue();
        settled(reader.closeAsync()).join();
        settled(other.join().closeAsync()).join();
        assertThat(world.store().entries(PATH + "/~")).isEmpty();
    }
}
