package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.recipes.assignment.AssignmentListener;
import dev.coord.recipes.assignment.Participant;
import dev.coord.recipes.assignment.PartitionAssignment;
import dev.coord.recipes.assignment.PartitionOwnership;
import dev.coord.recipes.assignment.PartitionsDifferException;
import dev.coord.recipes.assignment.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link PartitionAssignment}. */
abstract class PartitionAssignmentContract extends RecipeContract {
    private static final int PARTITIONS = 12;

    private final List<Member> members = new ArrayList<>();
    private String reader = "n1";

    /** A participant with all that its listener was told. */
    private static final class Member implements AssignmentListener {
        final Participant participant;
        final Collection<String> told = new ConcurrentLinkedQueue<>();
        volatile Function<PartitionOwnership, CompletionStage<?>> stopping =
                ownership -> CompletableFuture.completedFuture(null);

        Member(
                PartitionAssignment assignment,
                String name,
                Function<CompletableFuture<Participant>, Participant> wait) {
            participant = wait.apply(assignment.joinAsync(name, this));
        }

        @Override
        public void onAssigned(PartitionOwnership ownership) {
            told.add("assigned " + ownership.partition());
        }

        @Override
        public CompletionStage<?> onRevoking(PartitionOwnership ownership) {
            told.add("revoking " + ownership.partition());
            return stopping.apply(ownership);
        }

        @Override
        public void onLost(PartitionOwnership ownership) {
            told.add("lost " + ownership.partition());
        }

        Map<String, PartitionOwnership> owned() {
            return participant.owned();
        }

        PartitionOwnership any() {
            return owned().values().iterator().next();
        }
    }

    private PartitionAssignment assignment(Coord coord) {
        return PartitionAssignment.on(coord, path())
                .partitions(PARTITIONS)
                .strategy(Strategy.rendezvous().boundedBy(1))
                .restartGrace(Duration.ZERO);
    }

    private Member join(Coord coord, String name) {
        return join(assignment(coord), name);
    }

    private Member join(PartitionAssignment assignment, String name) {
        Member member = new Member(assignment, name, this::await);
        members.add(member);
        return member;
    }

    private List<Entry> keys(String below) {
        return await(cluster()
                        .coord(reader)
                        .kv()
                        .rangeAsync(RangeQuery.of(KeyRange.prefix(path() + below)), Consistency.linearizable()))
                .entries();
    }

    private void eventuallyOwn(int each, Member... owners) {
        eventually("each of " + owners.length + " owns " + each, () -> {
            for (Member owner : owners) {
                if (owner.owned().size() != each
                        || !owner.owned().values().stream().allMatch(PartitionOwnership::isValid)) {
                    return false;
                }
            }
            return true;
        });
        assertThat(keys("/o/")).hasSize(each * owners.length);
    }

    @AfterEach
    void everybodyLeaves_nothingIsLeft() {
        cluster().faults().endAll();
        members.forEach(member -> await(member.participant.closeAsync()));
        eventually("nothing left", () -> keys("/").isEmpty());
    }

    @Test
    void oneMember_ownsAll_untilItLeaves() throws Exception {
        Member one = join(coord(0), "one");
        eventuallyOwn(PARTITIONS, one);
        one.owned().values().forEach(this::assertHeld);
        assertThat(one.participant.isLeading()).isTrue();
        assertThat(assignment(coord(1)).owners().values())
                .hasSize(PARTITIONS)
                .allMatch(owner -> owner.member().equals("one"));
        PartitionOwnership any = one.any();
        assertThat(writes(coord(1), any, "by any peer")).isTrue();
        one.participant.close();
        one.participant.close();
        assertLost(any);
        await(one.participant.ended());
        assertThat(one.told).contains("revoking " + any.partition()).doesNotContain("lost " + any.partition());
    }

    @Test
    void membersComeAndGo_eachOwnsItsShare_withGrowingTokens() throws Exception {
        Member one = join(coord(0), "one");
        eventuallyOwn(PARTITIONS, one);
        Map<String, PartitionOwnership> before = one.owned();
        Member two = join(coord(1), "two");
        eventuallyOwn(PARTITIONS / 2, one, two);
        two.owned().forEach((partition, ownership) -> {
            assertThat(ownership.fencingToken())
                    .isGreaterThan(before.get(partition).fencingToken());
            assertLost(before.get(partition));
        });
        assertThat(before).containsAllEntriesOf(one.owned());
        Member three = join(coord(2), "three");
        eventuallyOwn(PARTITIONS / 3, one, two, three);
        await(one.participant.closeAsync());
        eventuallyOwn(PARTITIONS / 2, two, three);
    }

    @Test
    void joinAndLeave_costWhatIsStated() {
        Member one = join(coord(0), "one");
        eventuallyOwn(PARTITIONS, one);
        long before = revision();
        Member two = join(coord(1), "two");
        eventuallyOwn(PARTITIONS / 2, one, two);
        aMoment();
        long joined = revision();
        assertThat(joined - before)
                .as("member, candidate, targets, and two for each move")
                .isEqualTo(3 + 2 * PARTITIONS / 2);
        await(two.participant.closeAsync());
        eventuallyOwn(PARTITIONS, one);
        aMoment();
        assertThat(revision() - joined)
                .as("announcement, candidate, targets, two for each move, member")
                .isEqualTo(4 + 2 * PARTITIONS / 2);
    }

    private long revision() {
        RangeQuery nothing = RangeQuery.of(KeyRange.key("/none")).countedOnly();
        return await(coord(0).kv().rangeAsync(nothing, Consistency.linearizable()))
                .revision();
    }

    @Test
    void keysOfStrangers_areNoPartOfIt() {
        for (String key : List.of("/m", "/n", "/s/1", "/o", "/m/stranger", "/t/99", "/t/1")) {
            await(coord(0).kv().putAsync(path() + key, Value.of("strange")));
        }
        Member one = join(coord(0), "one");
        eventuallyOwn(PARTITIONS, one);
        for (String key : List.of("/m", "/n", "/s/1", "/o", "/m/stranger", "/t/99")) {
            await(coord(1).kv().deleteAsync(path() + key));
        }
        aMoment();
        eventuallyOwn(PARTITIONS, one);
    }

    @Test
    void revokedOwner_keepsThePartitionUntilItHasStopped() {
        Member one = join(coord(0), "one");
        eventuallyOwn(PARTITIONS, one);
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        one.stopping = ownership -> stopped;
        Member two = join(coord(1), "two");
        eventually(
                "asked to stop",
                () -> one.told.stream()
                                .filter(call -> call.startsWith("revoking"))
                                .count()
                        == 6);
        aMoment();
        assertThat(two.owned()).isEmpty();
        one.owned().values().forEach(this::assertHeld);
        stopped.complete(null);
        eventuallyOwn(PARTITIONS / 2, one, two);
    }

    @Test
    void revokedOwner_thatDoesNotStop_losesThePartitionInTime() {
        Member one = join(assignment(coord(0)).revokeWithin(Duration.ofMillis(300)), "one");
        eventuallyOwn(PARTITIONS, one);
        one.stopping = ownership -> new CompletableFuture<>();
        Member two = join(coord(1), "two");
        eventuallyOwn(PARTITIONS / 2, one, two);
        two.owned().keySet().forEach(partition -> eventually("told", () -> one.told.contains("lost " + partition)));
    }

    @Test
    void listenerThatThrows_isTakenToHaveStopped() {
        Member one = join(coord(0), "one");
        eventuallyOwn(PARTITIONS, one);
        CompletableFuture<Void> failed = CompletableFuture.failedFuture(new IllegalStateException("meant to fail"));
        one.stopping = ownership -> failed;
        Member two = join(coord(1), "two");
        eventuallyOwn(PARTITIONS / 2, one, two);
    }

    @Test
    void ownershipClosedByItsOwner_isAssignedAnew() {
        Member one = join(coord(0), "one");
        eventuallyOwn(PARTITIONS, one);
        PartitionOwnership any = one.any();
        await(any.closeAsync());
        assertLost(any);
        eventuallyOwn(PARTITIONS, one);
        assertThat(one.owned().get(any.partition()).fencingToken()).isGreaterThan(any.fencingToken());
    }

    @Test
    void movesAtOnce_areLimited() {
        Member one = join(assignment(coord(0)).movesAtOnce(2), "one");
        eventuallyOwn(PARTITIONS, one);
        one.stopping = ownership -> new CompletableFuture<>();
        Member two = join(assignment(coord(1)).movesAtOnce(2), "two");
        eventually("asked to stop", () -> one.told.stream().anyMatch(call -> call.startsWith("revoking")));
        aMoment();
        assertThat(one.told.stream().filter(call -> call.startsWith("revoking")))
                .hasSize(2);
        one.stopping = ownership -> CompletableFuture.completedFuture(null);
        one.owned().values().stream()
                .filter(ownership -> one.told.contains("revoking " + ownership.partition()))
                .forEach(PartitionOwnership::closeAsync);
        eventuallyOwn(PARTITIONS / 2, one, two);
    }

    @Test
    void memberOfACrashedPeer_isReplacedAfterItsTimeToLive() {
        String crashing = leader();
        Member one = join(cluster().open(crashing, TTL), "one");
        Member two = join(cluster().coord(othersThan(crashing).get(0)), "two");
        eventuallyOwn(PARTITIONS / 2, one, two);
        PartitionOwnership any = one.any();
        reader = othersThan(crashing).get(0);
        cluster().faults().crash(crashing);
        eventuallyOwn(PARTITIONS, two);
        assertThat(any.isValid()).isFalse();
        assertThat(writes(cluster().coord(othersThan(crashing).get(1)), any, "late"))
                .isFalse();
        members.remove(one);
    }

    @Test
    void ownerThatIsCutOff_isInvalidBeforeAnotherOwns() {
        String cutOff = leader();
        Member one = join(cluster().open(cutOff, TTL), "one");
        Member two = join(cluster().coord(othersThan(cutOff).get(0)), "two");
        eventuallyOwn(PARTITIONS / 2, one, two);
        List<PartitionOwnership> before = List.copyOf(one.owned().values());
        cluster().faults().isolate(cutOff);
        // Two's own ownerships are there; those it takes over must not be before one's are over.
        eventually("taken over", () -> {
            for (PartitionOwnership former : before) {
                if (two.owned().containsKey(former.partition())) {
                    assertThat(former.isValid()).isFalse();
                }
            }
            return two.owned().size() == PARTITIONS;
        });
        before.forEach(former -> await(former.lost()));
        cluster().faults().heal();
        Throwable end = failure(one.participant.ended());
        assertThat(end).isInstanceOf(SessionExpiredException.class);
        before.forEach(former -> assertThat(writes(coord(0), former, "late")).isFalse());
    }

    @Test
    void memberThatRestartsInTime_getsTheSamePartitions_withoutAMove() {
        PartitionAssignment patient = assignment(coord(0)).restartGrace(Duration.ofSeconds(20));
        Member two = join(patient, "two");
        eventuallyOwn(PARTITIONS, two);
        Coord restarting = cluster().open(cluster().ids().get(1), TTL);
        Member one = join(restarting, "one");
        eventuallyOwn(PARTITIONS / 2, one, two);
        Map<String, PartitionOwnership> before = two.owned();
        List<Entry> targets = keys("/t/");
        // As a crash would: the session ends, and nobody said that it would leave.
        members.remove(one);
        await(coord(0).leases().revokeAsync(restarting.session().id()));
        eventually("gone", () -> keys("/o/").size() == PARTITIONS / 2);
        Member again = join(coord(1), "one");
        eventuallyOwn(PARTITIONS / 2, again, two);
        assertThat(two.owned()).isEqualTo(before);
        assertThat(keys("/t/")).isEqualTo(targets);
    }

    @Test
    void nameThatIsTaken_isWaitedFor() {
        Member one = join(coord(0), "one");
        CompletableFuture<Participant> second = assignment(coord(1)).joinAsync("one", new Silent());
        CompletableFuture<Participant> third = assignment(coord(2)).joinAsync("one", new Silent());
        aMoment();
        assertThat(second).isNotDone();
        third.cancel(false);
        await(one.participant.closeAsync());
        Participant next = await(second);
        eventually("owns all", () -> next.owned().size() == PARTITIONS);
        await(next.closeAsync());
    }

    private static final class Silent implements AssignmentListener {
        @Override
        public void onAssigned(PartitionOwnership ownership) {}
    }

    @Test
    void memberDeletedByOthers_isOut() {
        Member one = join(coord(0), "one");
        eventuallyOwn(PARTITIONS, one);
        await(coord(1).kv().deleteAsync(path() + "/m/one"));
        assertThat(failure(one.participant.ended())).isInstanceOf(FencedException.class);
        assertThat(one.owned()).isEmpty();
    }

    @Test
    void strategyThatFails_isReported_andLeavesAllAsItIs() {
        CompletableFuture<RuntimeException> reported = new CompletableFuture<>();
        Strategy toNobody = (partitions, present, previous) -> Map.of("0", "nobody");
        PartitionAssignment wrong = assignment(coord(0)).strategy(toNobody);
        Participant one = await(wrong.joinAsync("one", new AssignmentListener() {
            @Override
            public void onAssigned(PartitionOwnership ownership) {}

            @Override
            public void onStrategyFailed(RuntimeException cause) {
                reported.complete(cause);
            }
        }));
        assertThat(await(reported)).hasMessageContaining("nobody");
        assertThat(keys("/t/")).isEmpty();
        await(one.closeAsync());
    }

    @Test
    void joinByANameThatIsTaken_waits_asLongAsItIsTold() throws Exception {
        Member one = join(coord(0), "one");
        assertThat(assignment(coord(1)).join("one", new Silent(), Duration.ofMillis(300)))
                .isEmpty();
        CompletableFuture<Optional<Participant>> waiting =
                assignment(coord(2)).joinAsync("one", new Silent(), Duration.ofSeconds(20));
        aMoment();
        assertThat(waiting).isNotDone();
        await(one.participant.closeAsync());
        Participant next = await(waiting).orElseThrow();
        eventually("it owns all", () -> next.owned().size() == PARTITIONS);
        CompletableFuture<Optional<Participant>> cancelled =
                assignment(coord(0)).joinAsync("one", new Silent(), Duration.ofSeconds(20));
        cancelled.cancel(false);
        next.close();
        aMoment();
        assertThat(keys("/m/")).isEmpty();
    }

    @Test
    void joinWithOtherPartitionsThanTheMembersHave_isRefused() {
        Member one = join(coord(0), "one");
        eventuallyOwn(PARTITIONS, one);
        CompletableFuture<Participant> refused =
                assignment(coord(1)).partitions(PARTITIONS + 1).joinAsync("two", new Silent());
        assertThat(failure(refused))
                .isInstanceOf(PartitionsDifferException.class)
                .hasMessageContainingAll("member one", path(), "12 partitions", "13 partitions");
        aMoment();
        eventuallyOwn(PARTITIONS, one);
        assertThat(keys("/m/")).hasSize(1);

        await(one.participant.closeAsync());
        Member other = join(assignment(coord(1)).partitions(PARTITIONS + 1), "two");
        eventuallyOwn(PARTITIONS + 1, other);
    }

    @Test
    void joinAtOnceWithDifferentPartitions_isRefusedToOneOfThem() {
        CompletableFuture<Participant> few = assignment(coord(0)).joinAsync("few", new Silent());
        CompletableFuture<Participant> many =
                assignment(coord(1)).partitions(PARTITIONS + 1).joinAsync("many", new Silent());
        List<CompletableFuture<Void>> ends = Stream.of(few, many)
                .map(joining -> joining.thenCompose(Participant::ended))
                .toList();
        eventually("one has ended", () -> ends.stream().anyMatch(CompletableFuture::isDone));
        assertThat(failure(CompletableFuture.anyOf(ends.toArray(CompletableFuture<?>[]::new))))
                .isInstanceOf(PartitionsDifferException.class);
        eventually(
                "the other owns all",
                () -> keys("/m/").size() == 1
                        && keys("/o/").size() >= PARTITIONS
                        && keys("/o/").size() == keys("/t/").size());
        assertThat(ends).filteredOn(CompletableFuture::isDone).hasSize(1);
        Stream.of(few, many)
                .filter(joining -> !joining.isCompletedExceptionally())
                .forEach(joining -> await(await(joining).closeAsync()));
    }

    @Test
    void joinAtAHandleThatIsClosed_fails() {
        Coord closed = cluster().open(cluster().ids().get(0), TTL);
        closed.close();
        assertThat(failure(assignment(closed).joinAsync("one", new Silent())))
                .isInstanceOfAny(SessionExpiredException.class, ClosedException.class);
    }

    @Test
    void misuse_saysWhatIsWrong() {
        PartitionAssignment empty = PartitionAssignment.on(coord(0), path());
        assertThatThrownBy(() -> empty.joinAsync("one", new Silent()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no partitions");
        assertThatThrownBy(() -> empty.partitions(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.partitions(PartitionAssignment.MAX_PARTITIONS + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.partitions(List.of(""))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.weight(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.movesAtOnce(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.restartGrace(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.revokeWithin(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.partitions(1).joinAsync("", new Silent()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PartitionAssignment.on(coord(0), "/a/")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PartitionAssignment.on(coord(0), "/~a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PartitionAssignment.on(coord(0), "/a//b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty part");
    }
}
