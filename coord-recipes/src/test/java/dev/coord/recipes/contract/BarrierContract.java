package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.SessionExpiredException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.recipes.sync.BarrierMember;
import dev.coord.recipes.sync.BrokenBarrierException;
import dev.coord.recipes.sync.CyclicBarrier;
import dev.coord.recipes.sync.DoubleBarrier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a user sees of the barriers with members. */
abstract class BarrierContract extends RecipeContract {

    private CyclicBarrier cyclic(Coord coord) {
        return CyclicBarrier.on(coord, path(), 3);
    }

    private DoubleBarrier twofold(Coord coord) {
        return DoubleBarrier.on(coord, path(), 3);
    }

    // ---- cyclic

    @Test
    void cyclic_generationsPassTogether_oneAfterTheOther() throws Exception {
        for (int generation = 0; generation < 3; generation++) {
            CompletableFuture<Integer> first = cyclic(coord(generation)).awaitAsync();
            eventually("one waits", () -> cyclic(coord(0)).waiting() == 1);
            CompletableFuture<Integer> second = cyclic(coord(1)).awaitAsync();
            eventually("two wait", () -> cyclic(coord(0)).waiting() == 2);
            aMoment();
            assertThat(first).isNotDone();
            assertThat(cyclic(coord(2)).await()).isZero();
            assertThat(await(first)).isEqualTo(2);
            assertThat(await(second)).isEqualTo(1);
            assertNothingLeft();
        }
    }

    @Test
    void cyclic_allAtOnce_passAsManyGenerationsAsThereArePartiesFor() throws Exception {
        List<CompletableFuture<Integer>> arrivals = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            arrivals.add(cyclic(coord(i % 3)).awaitAsync());
        }
        List<Integer> places = arrivals.stream().map(this::await).sorted().toList();
        assertThat(places).containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2);
        assertNothingLeft();
    }

    @Test
    void cyclic_ofOne_neverWaits() throws Exception {
        assertThat(CyclicBarrier.on(coord(0), path(), 1).await()).isZero();
        assertThat(CyclicBarrier.on(coord(0), path(), 1).await(Duration.ZERO)).hasValue(0);
        assertNothingLeft();
    }

    @Test
    void cyclic_partyOutOfPatience_breaksItForAll_untilReset() throws Exception {
        CompletableFuture<Integer> other = cyclic(coord(1)).awaitAsync();
        eventually("one waits", () -> cyclic(coord(0)).waiting() == 1);
        assertThat(cyclic(coord(0)).await(Duration.ofMillis(100))).isEmpty();
        assertThat(failure(other)).isInstanceOf(BrokenBarrierException.class);
        assertThat(cyclic(coord(2)).isBroken()).isTrue();
        assertThatThrownBy(() -> cyclic(coord(2)).await())
                .isInstanceOf(BrokenBarrierException.class)
                .hasMessageContaining("patience");
        cyclic(coord(1)).reset();
        assertThat(cyclic(coord(2)).isBroken()).isFalse();
        assertNothingLeft();
        passes(coord(0), coord(1), coord(2));
    }

    @Test
    void cyclic_reset_breaksThoseWhoWait_andNobodyElse() throws Exception {
        CompletableFuture<Integer> first = cyclic(coord(0)).awaitAsync();
        CompletableFuture<Integer> second = cyclic(coord(1)).awaitAsync();
        eventually("two wait", () -> cyclic(coord(0)).waiting() == 2);
        cyclic(coord(2)).reset();
        assertThat(failure(first)).isInstanceOf(BrokenBarrierException.class);
        assertThat(failure(second)).isInstanceOf(BrokenBarrierException.class);
        assertNothingLeft();
        passes(coord(0), coord(1), coord(2));
    }

    @Test
    void cyclic_cancelledParty_breaksIt() throws Exception {
        CompletableFuture<Integer> first = cyclic(coord(0)).awaitAsync();
        CompletableFuture<Integer> second = cyclic(coord(1)).awaitAsync();
        eventually("two wait", () -> cyclic(coord(0)).waiting() == 2);
        first.cancel(false);
        assertThat(failure(second)).isInstanceOf(BrokenBarrierException.class);
        cyclic(coord(2)).reset();
        assertNothingLeft();
    }

    @Test
    void cyclic_partyThatDies_breaksIt_soThatNobodyWaitsForEver() throws Exception {
        String mortal = leader();
        List<String> others = othersThan(mortal);
        CompletableFuture<Integer> dying = cyclic(cluster().open(mortal, TTL)).awaitAsync();
        CompletableFuture<Integer> waiting =
                cyclic(cluster().coord(others.get(0))).awaitAsync();
        CyclicBarrier barrier = cyclic(cluster().coord(others.get(1)));
        eventually("two wait", () -> barrier.waiting() == 2);
        cluster().faults().crash(mortal);
        assertThat(failure(waiting)).isInstanceOf(BrokenBarrierException.class);
        assertThat(failure(dying)).isNotNull();
        barrier.reset();
        assertNothingLeft();
    }

    @Test
    void cyclic_partyCutOff_doesNotPass_ifTheOthersDoNot() throws Exception {
        String cutOff = leader();
        List<String> others = othersThan(cutOff);
        CompletableFuture<Integer> lonely = cyclic(cluster().open(cutOff, TTL)).awaitAsync();
        CompletableFuture<OptionalInt> waiting =
                cyclic(cluster().coord(others.get(0))).awaitAsync(Duration.ofMinutes(1));
        CyclicBarrier barrier = cyclic(cluster().coord(others.get(1)));
        eventually("two wait", () -> barrier.waiting() == 2);
        cluster().faults().isolate(cutOff);
        assertThat(failure(waiting)).isInstanceOf(BrokenBarrierException.class);
        cluster().faults().heal();
        assertThat(failure(lonely)).isInstanceOfAny(BrokenBarrierException.class, SessionExpiredException.class);
        barrier.reset();
        assertNothingLeft();
    }

    @Test
    void cyclic_changeOfTheRaftLeader_breaksNothing() throws Exception {
        String leader = leader();
        List<String> others = othersThan(leader);
        CompletableFuture<Integer> first = cyclic(cluster().coord(leader)).awaitAsync();
        CompletableFuture<Integer> second =
                cyclic(cluster().coord(others.get(0))).awaitAsync();
        Coord third = cluster().coord(others.get(1));
        eventually("two wait", () -> cyclic(third).waiting() == 2);
        changeRaftLeader();
        assertThat(await(cyclic(third).awaitAsync())).isZero();
        assertThat(List.of(await(first), await(second))).containsExactlyInAnyOrder(1, 2);
        assertNothingLeft();
    }

    private void passes(Coord... parties) {
        List<CompletableFuture<Integer>> arrivals = new ArrayList<>();
        for (Coord party : parties) {
            arrivals.add(cyclic(party).awaitAsync());
        }
        arrivals.forEach(this::await);
        assertNothingLeft();
    }

    // ---- double

    @Test
    void double_allEnterTogether_andLeaveTogether() throws Exception {
        for (int round = 0; round < 2; round++) {
            CompletableFuture<BarrierMember> first = twofold(coord(0)).enterAsync();
            CompletableFuture<BarrierMember> second = twofold(coord(1)).enterAsync();
            eventually("two are there", () -> twofold(coord(2)).present() == 2);
            aMoment();
            assertThat(first).isNotDone();
            BarrierMember third = twofold(coord(2)).enter();
            List<BarrierMember> members = List.of(await(first), await(second), third);
            assertThat(members).allSatisfy(member -> assertThat(member.round()).isEqualTo(third.round()));
            assertThat(members).allMatch(member -> holds(member.guard()));

            assertThat(members.get(0).leave(Duration.ofMillis(100))).isFalse();
            CompletableFuture<Void> left = members.get(0).leaveAsync();
            CompletableFuture<Void> leftToo = members.get(1).leaveAsync();
            aMoment();
            assertThat(left).isNotDone();
            assertThat(leftToo).isNotDone();
            members.get(2).leave();
            await(left);
            await(leftToo);
            assertThat(members.get(0).leave(Duration.ofMillis(100))).as("again").isTrue();
            assertNothingLeft();
        }
    }

    @Test
    void double_lateComer_waitsForTheNextRound() throws Exception {
        List<BarrierMember> members = enterAll(coord(0), coord(1), coord(2));
        CompletableFuture<BarrierMember> late = twofold(coord(1)).enterAsync();
        assertThat(twofold(coord(0)).enter(Duration.ofMillis(100))).isEmpty();
        members.forEach(BarrierMember::close);
        aMoment();
        assertThat(late).isNotDone();
        List<CompletableFuture<BarrierMember>> more =
                List.of(twofold(coord(0)).enterAsync(), twofold(coord(2)).enterAsync());
        long round = await(late).round();
        assertThat(round).isGreaterThan(members.get(0).round());
        leaveAll(List.of(await(late), await(more.get(0)), await(more.get(1))));
    }

    @Test
    void double_memberOutOfPatienceOrCancelled_freesItsPlace() throws Exception {
        assertThat(twofold(coord(0)).enter(Duration.ofMillis(100))).isEmpty();
        assertThat(twofold(coord(0)).enter(Duration.ZERO)).isEmpty();
        CompletableFuture<BarrierMember> cancelled = twofold(coord(0)).enterAsync();
        eventually("one is there", () -> twofold(coord(1)).present() == 1);
        cancelled.cancel(false);
        eventually("nobody is there", () -> twofold(coord(1)).present() == 0);
        assertNothingLeft();
        leaveAll(enterAll(coord(0), coord(1), coord(2)));
    }

    @Test
    void double_memberThatDiesBeforeAllAreIn_isReplaced() throws Exception {
        String mortal = leader();
        List<String> others = othersThan(mortal);
        CompletableFuture<BarrierMember> dying =
                twofold(cluster().open(mortal, TTL)).enterAsync();
        Coord one = cluster().coord(others.get(0));
        Coord two = cluster().coord(others.get(1));
        CompletableFuture<BarrierMember> waiting = twofold(one).enterAsync();
        eventually("two are there", () -> twofold(two).present() == 2);
        cluster().faults().crash(mortal);
        eventually("one is there", () -> twofold(two).present() == 1);
        assertThat(waiting).isNotDone();
        assertThat(failure(dying)).isNotNull();
        List<CompletableFuture<BarrierMember>> more =
                List.of(twofold(one).enterAsync(), twofold(two).enterAsync());
        leaveAll(List.of(await(waiting), await(more.get(0)), await(more.get(1))));
    }

    @Test
    void double_memberThatDiesInside_countsAsLeaving() throws Exception {
        String mortal = leader();
        List<String> others = othersThan(mortal);
        List<BarrierMember> members = enterAll(
                cluster().coord(others.get(0)),
                cluster().coord(others.get(1)),
                cluster().open(mortal, TTL));
        CompletableFuture<Void> left = members.get(0).leaveAsync();
        CompletableFuture<Void> leftToo = members.get(1).leaveAsync();
        aMoment();
        assertThat(left).isNotDone();
        cluster().faults().crash(mortal);
        await(left);
        await(leftToo);
        assertThat(await(cluster()
                                .coord(others.get(0))
                                .kv()
                                .txn()
                                .when(members.get(2).guard())
                                .commitAsync())
                        .succeeded())
                .isFalse();
        assertNothingLeft();
    }

    @Test
    void double_roundWhoseMembersAllDied_isCleanedUpByTheNext() throws Exception {
        String mortal = leader();
        Coord dying = cluster().open(mortal, TTL);
        List<BarrierMember> dead = enterAll(dying, dying, dying);
        cluster().faults().crash(mortal);
        List<String> others = othersThan(mortal);
        Coord one = cluster().coord(others.get(0));
        Coord two = cluster().coord(others.get(1));
        List<BarrierMember> members = enterAll(one, two, two);
        assertThat(members.get(0).round()).isGreaterThan(dead.get(0).round());
        leaveAll(members);
    }

    @Test
    void double_allAtOnce_acrossAChangeOfTheRaftLeader_endsAllRounds() throws Exception {
        List<CompletableFuture<Optional<BarrierMember>>> entering = new ArrayList<>();
        List<CompletableFuture<Void>> left = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            CompletableFuture<Optional<BarrierMember>> member =
                    twofold(coord(i % 3)).enterAsync(Duration.ofMinutes(1));
            entering.add(member);
            left.add(member.thenCompose(entered -> entered.orElseThrow().leaveAsync()));
        }
        changeRaftLeader();
        left.forEach(this::await);
        assertThat(entering.stream().map(entered -> await(entered).orElseThrow().round()))
                .hasSize(9);
        assertThat(entering.stream()
                        .map(entered -> await(entered).orElseThrow().round())
                        .distinct())
                .hasSize(3);
        assertNothingLeft();
    }

    private List<BarrierMember> enterAll(Coord... coords) {
        List<CompletableFuture<BarrierMember>> entering = new ArrayList<>();
        for (Coord coord : coords) {
            entering.add(twofold(coord).enterAsync());
        }
        return entering.stream().map(this::await).toList();
    }

    private void leaveAll(List<BarrierMember> members) {
        members.stream().map(BarrierMember::leaveAsync).toList().forEach(this::await);
        assertNothingLeft();
    }

    // ---- misuse

    @Test
    void badNumbersAndPaths_areRefused() throws Exception {
        assertThatThrownBy(() -> CyclicBarrier.on(coord(0), path(), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DoubleBarrier.on(coord(0), path(), 0)).isInstanceOf(IllegalArgumentException.class);
        for (String bad : List.of("", path() + "/", path() + "/~x")) {
            assertThatThrownBy(() -> CyclicBarrier.on(coord(0), bad, 1)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> CyclicBarrier.on(coord(0), path(), 1).awaitAsync(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("patience");
    }

    @Test
    void double_memberWhoseKeyIsDeletedByAnybody_countsAsLeaving() throws Exception {
        List<BarrierMember> members = enterAll(coord(0), coord(1), coord(2));
        CompletableFuture<Void> left = members.get(0).leaveAsync();
        coord(2).kv().txn().then(Op.delete(KeyRange.prefix(path() + "/"))).commit();
        await(left);
        leaveAll(members);
    }
}
