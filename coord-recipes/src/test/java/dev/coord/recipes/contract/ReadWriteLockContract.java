package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.recipes.lock.DistributedReadWriteLock;
import dev.coord.recipes.lock.LockTimeoutException;
import dev.coord.recipes.lock.ReadLockHandle;
import dev.coord.recipes.lock.Upgrade;
import dev.coord.recipes.lock.Upgrade.Outcome;
import dev.coord.recipes.lock.WriteLockHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link DistributedReadWriteLock}. */
abstract class ReadWriteLockContract extends RecipeContract {
    private static final Duration LONG = Duration.ofSeconds(20);

    private DistributedReadWriteLock lock(Coord coord) {
        return DistributedReadWriteLock.on(coord, path());
    }

    private ReadLockHandle read(int peer) throws InterruptedException {
        return lock(coord(peer)).readLock().acquire(LONG);
    }

    @AfterEach
    void nothingIsLeft() {
        eventually("an empty queue", () -> queue(path()).isEmpty());
    }

    @Test
    void readers_haveItTogether_aWriterAlone() throws Exception {
        ReadLockHandle one = read(0);
        ReadLockHandle two = read(1);
        assertHeld(one);
        assertHeld(two);
        assertThat(two.fencingToken()).isGreaterThan(one.fencingToken());
        assertThat(lock(coord(2)).writeLock().tryAcquire()).isEmpty();
        assertThatThrownBy(() -> lock(coord(2)).writeLock().acquire(Duration.ofMillis(50)))
                .isInstanceOf(LockTimeoutException.class)
                .hasMessageContaining(path());
        one.close();
        one.close();
        assertLost(one);
        two.close();
        eventually("the one who gave up is out of the line", () -> queue(path()).isEmpty());

        WriteLockHandle writer = lock(coord(2)).writeLock().tryAcquire().orElseThrow();
        assertHeld(writer);
        assertThat(writer.fencingToken()).isGreaterThan(two.fencingToken());
        assertThat(lock(coord(0)).readLock().tryAcquire()).isEmpty();
        assertThat(lock(coord(0)).writeLock().tryAcquire(Duration.ofMillis(50))).isEmpty();
        writer.close();
        assertLost(writer);
    }

    @Test
    void readersAndWriters_areServedInTheOrderOfRequests_readersTogether() throws Exception {
        WriteLockHandle first = lock(coord(0)).writeLock().acquire();
        List<CompletableFuture<ReadLockHandle>> early = waiting(3, 1);
        CompletableFuture<WriteLockHandle> second = lock(coord(1)).writeLock().acquireAsync();
        eventually("it waits", () -> queue(path()).size() == 5);
        List<CompletableFuture<ReadLockHandle>> late = waiting(2, 5);
        first.close();

        List<ReadLockHandle> readers = early.stream().map(this::await).toList();
        assertThat(readers).allMatch(ReadLockHandle::isValid);
        aMoment();
        assertThat(second).isNotDone();
        readers.forEach(ReadLockHandle::close);
        WriteLockHandle writer = await(second);
        assertThat(writer.fencingToken()).isGreaterThan(readers.get(2).fencingToken());
        aMoment();
        assertThat(late).noneMatch(CompletableFuture::isDone);
        writer.close();
        late.forEach(reader -> await(reader).close());
    }

    private List<CompletableFuture<ReadLockHandle>> waiting(int readers, int before) {
        List<CompletableFuture<ReadLockHandle>> requests = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            int all = before + i + 1;
            requests.add(lock(coord(i % 3)).readLock().acquireAsync());
            eventually("it waits", () -> queue(path()).size() == all);
        }
        return requests;
    }

    @Test
    void cancelledWriter_letsTheReadersBehindItIn() throws Exception {
        ReadLockHandle reader = read(0);
        CompletableFuture<WriteLockHandle> writer = lock(coord(1)).writeLock().acquireAsync();
        eventually("it waits", () -> queue(path()).size() == 2);
        CompletableFuture<ReadLockHandle> behind = lock(coord(2)).readLock().acquireAsync();
        eventually("it waits", () -> queue(path()).size() == 3);
        assertThat(behind).isNotDone();
        writer.cancel(false);
        await(behind).close();
        reader.close();
    }

    @Test
    void moreReadersThanOneTransactionTakes_enterAll() throws Exception {
        WriteLockHandle writer = lock(coord(0)).writeLock().acquire();
        List<CompletableFuture<ReadLockHandle>> requests = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            requests.add(lock(coord(i % 3)).readLock().acquireAsync());
        }
        eventually("they wait", () -> queue(path()).size() == 91);
        writer.close();
        List<ReadLockHandle> readers = requests.stream().map(this::await).toList();
        assertThat(readers).allMatch(ReadLockHandle::isValid);
        readers.stream().map(ReadLockHandle::closeAsync).toList().forEach(this::await);
    }

    @Test
    void downgrade_keepsTheToken_letsReadersInAndNoWriter_andRefusesLateWrites() throws Exception {
        WriteLockHandle writer = lock(coord(0)).writeLock().acquire();
        CompletableFuture<ReadLockHandle> reader = lock(coord(1)).readLock().acquireAsync();
        eventually("it waits", () -> queue(path()).size() == 2);
        CompletableFuture<WriteLockHandle> next = lock(coord(2)).writeLock().acquireAsync();
        eventually("it waits", () -> queue(path()).size() == 3);
        assertThat(writes(coord(1), writer, "while writing")).isTrue();

        ReadLockHandle downgraded = writer.downgrade();
        assertThat(writer.isValid()).isFalse();
        assertThat(writer.validUntil().isPast()).isTrue();
        await(writer.lost());
        ReadLockHandle entered = await(reader);
        assertHeld(downgraded);
        assertThat(downgraded.fencingToken()).isEqualTo(writer.fencingToken());
        assertThat(writes(coord(1), writer, "late")).isFalse();
        assertThatThrownBy(writer::downgrade).isInstanceOf(IllegalStateException.class);
        writer.close();
        assertHeld(downgraded);
        aMoment();
        assertThat(next).isNotDone();

        downgraded.close();
        entered.close();
        await(next).close();
    }

    @Test
    void downgradeOfWhatIsLost_isRefused() throws Exception {
        WriteLockHandle writer = lock(coord(0)).writeLock().acquire();
        writer.close();
        assertThatThrownBy(writer::downgrade).isInstanceOf(FencedException.class);
        ReadLockHandle reader = read(0);
        reader.close();
        assertThat(failure(reader.tryUpgradeAsync(LONG))).isInstanceOf(FencedException.class);
        assertThat(failure(reader.tryUpgradeAsync(Duration.ZERO))).isInstanceOf(FencedException.class);
    }

    @Test
    void upgrade_ofTheOnlyReader_isAtOnce_andClosedGoesBack() throws Exception {
        ReadLockHandle reader = read(0);
        Upgrade upgrade = reader.tryUpgrade(Duration.ZERO);
        assertThat(upgrade.outcome()).isEqualTo(Outcome.UPGRADED);
        WriteLockHandle writer = upgrade.handle().orElseThrow();
        assertHeld(writer);
        assertHeld(reader);
        assertThat(writer.fencingToken()).isGreaterThan(reader.fencingToken());
        assertThat(writes(coord(1), writer, "upgraded")).isTrue();
        assertThat(lock(coord(1)).readLock().tryAcquire()).isEmpty();
        assertThatThrownBy(() -> reader.tryUpgradeAsync(LONG)).isInstanceOf(IllegalStateException.class);

        writer.close();
        assertLost(writer);
        assertHeld(reader);
        ReadLockHandle other = lock(coord(1)).readLock().tryAcquire().orElseThrow();
        assertThat(writes(coord(1), writer, "late")).isFalse();
        other.close();
        // Once more, and downgraded: that is the same handle.
        WriteLockHandle again = reader.tryUpgrade(LONG).handle().orElseThrow();
        assertThat(again.fencingToken()).isGreaterThan(writer.fencingToken());
        assertThat(writes(coord(1), writer, "late")).as("by the former upgrade").isFalse();
        assertThat(writes(coord(1), again, "upgraded again")).isTrue();
        assertThat(again.downgrade()).isSameAs(reader);
        again.close();
        assertHeld(reader);
        WriteLockHandle last = await(reader.tryUpgradeAsync(LONG)).handle().orElseThrow();
        reader.close();
        assertLost(last);
        last.close();
    }

    @Test
    void upgrade_waitsForOtherReaders_keepsNewcomersOut_andComesBeforeWaitingWriters() throws Exception {
        ReadLockHandle reader = read(0);
        ReadLockHandle other = read(1);
        CompletableFuture<WriteLockHandle> writer = lock(coord(2)).writeLock().acquireAsync();
        eventually("it waits", () -> queue(path()).size() == 3);
        CompletableFuture<Upgrade> upgrade = reader.tryUpgradeAsync(LONG);
        aMoment();
        assertThat(upgrade).isNotDone();
        assertHeld(other);
        assertThat(lock(coord(2)).readLock().tryAcquire()).isEmpty();
        other.close();
        WriteLockHandle upgraded = await(upgrade).handle().orElseThrow();
        assertHeld(upgraded);
        assertThat(writer).isNotDone();
        reader.close();
        assertLost(upgraded);
        await(writer).close();
    }

    @Test
    void upgrade_whoseReadersStay_givesUp_andLetsOthersIn() throws Exception {
        ReadLockHandle reader = read(0);
        ReadLockHandle other = read(1);
        // Not before this peer knows of the other.
        assertThat(reader.tryUpgrade(Duration.ZERO).outcome()).isEqualTo(Outcome.READERS_STAYED);
        CompletableFuture<Upgrade> upgrade = reader.tryUpgradeAsync(Duration.ofSeconds(1));
        eventually(
                "newcomers are kept out",
                () -> lock(coord(2)).readLock().tryAcquire().map(this::closed).isEmpty());
        CompletableFuture<ReadLockHandle> newcomer = lock(coord(2)).readLock().acquireAsync();
        assertThat(await(upgrade)).isEqualTo(new Upgrade(Outcome.READERS_STAYED, java.util.Optional.empty()));
        assertHeld(reader);
        assertHeld(other);
        await(newcomer).close();
        other.close();
        reader.close();
    }

    private ReadLockHandle closed(ReadLockHandle handle) {
        handle.close();
        return handle;
    }

    @Test
    void secondUpgrade_isRefusedAtOnce_andTheFirstSucceedsWhenItLetsGo() throws Exception {
        ReadLockHandle one = read(0);
        ReadLockHandle two = read(1);
        CompletableFuture<Upgrade> first = one.tryUpgradeAsync(LONG);
        eventually(
                "newcomers are kept out",
                () -> lock(coord(2)).readLock().tryAcquire().map(this::closed).isEmpty());
        assertThat(two.tryUpgrade(LONG).outcome()).isEqualTo(Outcome.ANOTHER_UPGRADES);
        assertThat(two.tryUpgrade(Duration.ZERO).outcome()).isEqualTo(Outcome.ANOTHER_UPGRADES);
        assertHeld(two);
        assertThat(first).isNotDone();
        two.close();
        assertHeld(await(first).handle().orElseThrow());
        one.close();
    }

    @Test
    void upgradesAtTheSameMoment_doNotWaitForEachOther() throws Exception {
        ReadLockHandle one = read(0);
        ReadLockHandle two = read(1);
        CompletableFuture<Upgrade> first = one.tryUpgradeAsync(LONG);
        CompletableFuture<Upgrade> second = two.tryUpgradeAsync(LONG);
        eventually("one is refused", () -> first.isDone() || second.isDone());
        Upgrade refused = await(first.isDone() ? first : second);
        assertThat(refused.outcome()).isEqualTo(Outcome.ANOTHER_UPGRADES);
        (first.isDone() ? one : two).close();
        assertThat(await(second).outcome() == Outcome.UPGRADED ^ await(first).outcome() == Outcome.UPGRADED)
                .isTrue();
        one.close();
        two.close();
    }

    @Test
    void cancelledUpgrade_goesOnReading() throws Exception {
        ReadLockHandle one = read(0);
        ReadLockHandle two = read(1);
        CompletableFuture<Upgrade> upgrade = one.tryUpgradeAsync(LONG);
        aMoment();
        upgrade.cancel(false);
        assertHeld(one);
        ReadLockHandle newcomer = lock(coord(2)).readLock().acquire(LONG);
        assertThat(lock(coord(2)).writeLock().tryAcquire()).isEmpty();
        newcomer.close();
        two.close();
        assertThat(one.tryUpgrade(LONG).outcome()).isEqualTo(Outcome.UPGRADED);
        one.close();
    }

    @Test
    void readerOfACrashedPeer_makesRoomForTheWriterAndTheUpgrade() throws Exception {
        String crashed = leader();
        List<String> others = othersThan(crashed);
        ReadLockHandle lostOne =
                await(lock(cluster().open(crashed, TTL)).readLock().acquireAsync());
        ReadLockHandle reader =
                await(lock(cluster().coord(others.get(0))).readLock().acquireAsync());
        CompletableFuture<Upgrade> upgrade = reader.tryUpgradeAsync(LONG);
        CompletableFuture<WriteLockHandle> writer =
                lock(cluster().coord(others.get(1))).writeLock().acquireAsync();
        aMoment();
        cluster().faults().crash(crashed);
        WriteLockHandle upgraded = await(upgrade).handle().orElseThrow();
        assertThat(lostOne.isValid()).isFalse();
        assertThat(writer).isNotDone();
        await(upgraded.closeAsync());
        await(reader.closeAsync());
        await(await(writer).closeAsync());
        cluster().faults().restart(crashed);
    }

    @Test
    void keyDeletedByAnybody_isTheEndOfTheUpgrade() throws Exception {
        ReadLockHandle one = read(0);
        ReadLockHandle two = read(1);
        CompletableFuture<Upgrade> upgrade = one.tryUpgradeAsync(LONG);
        aMoment();
        coord(2).kv().txn().then(Op.delete(KeyRange.prefix(path() + "/"))).commit();
        assertThat(failure(upgrade)).isInstanceOf(FencedException.class);
        await(one.lost());
        await(two.lost());
        assertLost(one);
    }

    @Test
    void requestRelease_asksReadersAndWriter() throws Exception {
        ReadLockHandle one = read(0);
        ReadLockHandle two = read(1);
        assertThat(lock(coord(2)).writeLock().requestRelease()).isTrue();
        await(one.releaseRequested());
        await(two.releaseRequested());
        two.close();
        WriteLockHandle upgraded = one.tryUpgrade(LONG).handle().orElseThrow();
        assertHeld(upgraded);
        one.close();
        WriteLockHandle writer = lock(coord(0)).writeLock().acquire(LONG);
        assertThat(lock(coord(2)).readLock().requestRelease()).isTrue();
        await(writer.releaseRequested());
        assertThat(writes(coord(2), writer, "asked, and still writing")).isTrue();
        ReadLockHandle reader = writer.downgrade();
        assertHeld(reader);
        reader.close();
    }

    @Test
    void misuse_isRefused() {
        DistributedReadWriteLock lock = lock(coord(0));
        assertThatThrownBy(() -> DistributedReadWriteLock.on(coord(0), path() + "/"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DistributedReadWriteLock.on(coord(0), nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("path");
        assertThatThrownBy(() -> DistributedReadWriteLock.on(nothing(), path()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("coord");
        assertThatThrownBy(() -> lock.withHolder(nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> lock.readLock().acquire(nothing())).isInstanceOf(NullPointerException.class);
    }
}
