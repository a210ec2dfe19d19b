package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException.Outcome;
import dev.coord.LimitExceededException;
import dev.coord.kv.Value;
import dev.coord.recipes.broadcast.BroadcastGroup;
import dev.coord.recipes.broadcast.CausalBroadcast;
import dev.coord.recipes.broadcast.MemberRestartedException;
import dev.coord.recipes.broadcast.TotalOrderBroadcast;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of causal and of totally ordered broadcast. */
abstract class BroadcastContract extends RecipeContract {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<List<String>> heard =
            List.of(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private String id(int peer) {
        return cluster().ids().get(peer);
    }

    private String name() {
        return path().replaceAll("^.*/|_.*$", "");
    }

    private BroadcastGroup group(int peer) {
        return BroadcastGroup.on(coord(peer), cluster().messenger(id(peer)), name())
                .withRetryEvery(Duration.ofMillis(25));
    }

    private CausalBroadcast causal(int peer) {
        return causal(peer, group(peer));
    }

    private CausalBroadcast causal(int peer, BroadcastGroup group) {
        CausalBroadcast broadcast = CausalBroadcast.open(
                group, delivery -> heard.get(peer).add(delivery.payload().asString()));
        opened.add(broadcast);
        return broadcast;
    }

    private TotalOrderBroadcast total(int peer) {
        TotalOrderBroadcast broadcast = TotalOrderBroadcast.open(
                group(peer),
                delivery -> heard.get(peer)
                        .add(delivery.sender() + " " + delivery.payload().asString()));
        opened.add(broadcast);
        return broadcast;
    }

    private void awaitHeard(int peer, String... messages) {
        eventually(
                id(peer) + " heard " + List.of(messages), () -> heard.get(peer).size() >= messages.length);
        assertThat(heard.get(peer)).containsExactly(messages);
    }

    // ---- causal

    @Test
    void reply_isNowhereDeliveredBeforeItsQuestion() {
        CausalBroadcast one = causal(0);
        CausalBroadcast other = causal(1);
        CausalBroadcast third = causal(2);
        await(one.broadcast(Value.of("hello")));
        cluster().faults().cut(id(0), id(2));
        one.broadcast(Value.of("question"));
        awaitHeard(1, "hello", "question");
        await(other.broadcast(Value.of("reply")));
        aMoment();

        awaitHeard(2, "hello");
        assertThat(third.blockedBy()).containsExactly(id(0));
        assertThat(one.blockedBy()).containsExactly(id(2));
        cluster().faults().heal();
        awaitHeard(2, "hello", "question", "reply");
        awaitHeard(0, "hello", "question", "reply");
        eventually(
                "nobody waits",
                () -> third.blockedBy().isEmpty() && one.blockedBy().isEmpty());
    }

    @Test
    void memberThatIsNotThereYet_getsWhatWasBroadcastMeanwhile() {
        CausalBroadcast one = causal(0);
        CompletableFuture<Void> received = one.broadcast(Value.of("early"));
        aMoment();
        assertThat(received).isNotDone();
        assertThat(one.blockedBy()).containsExactly(id(1), id(2));
        causal(1);
        causal(2);
        await(received);
        awaitHeard(1, "early");
        awaitHeard(2, "early");
    }

    @Test
    void deadMember_leavesTheOthersGoing_untilTooMuchIsUnanswered_andBeginsAnewWhenRestarted() {
        CausalBroadcast one = causal(0, group(0).withMaxUnacknowledged(5));
        causal(1);
        causal(2);
        await(one.broadcast(Value.of("all")));
        cluster().faults().crash(id(2));
        List<CompletableFuture<Void>> unanswered = IntStream.range(0, 5)
                .mapToObj(i -> one.broadcast(Value.of("lost" + i)))
                .toList();
        awaitHeard(1, "all", "lost0", "lost1", "lost2", "lost3", "lost4");
        eventually("waits for the dead only", () -> one.blockedBy().equals(new HashSet<>(List.of(id(2)))));
        assertThat(failure(one.broadcast(Value.of("too much"))))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("5 messages of the group causal:" + name() + " are not answered by " + id(2));

        cluster().faults().restart(id(2));
        heard.get(2).clear();
        causal(2);
        unanswered.forEach(this::await);
        await(one.broadcast(Value.of("new")));
        awaitHeard(1, "all", "lost0", "lost1", "lost2", "lost3", "lost4", "new");
        awaitHeard(2, "new");
    }

    @Test
    void processOfAnOlderSession_isRefused_andTheOthersGoOn() {
        Coord older = cluster().open(id(0), Duration.ofSeconds(10));
        Coord newer = cluster().open(id(0), Duration.ofSeconds(10));
        BroadcastGroup group = BroadcastGroup.on(newer, cluster().messenger(id(0)), name());
        TotalOrderBroadcast first = TotalOrderBroadcast.open(group, delivery -> {});
        opened.add(first);
        TotalOrderBroadcast other = total(1);
        total(2);
        await(first.broadcast(Value.of("a")));
        first.close();
        TotalOrderBroadcast second =
                TotalOrderBroadcast.open(BroadcastGroup.on(older, cluster().messenger(id(0)), name()), delivery -> {});
        opened.add(second);
        assertThat(failure(second.ended()))
                .isInstanceOfSatisfying(
                        MemberRestartedException.class,
                        e -> assertThat(e.member()).isEqualTo(id(0)));
        assertThat(other.ended()).isNotDone();
        second.close();
        older.close();
        newer.close();
    }

    @Test
    void listenerThatThrows_isToldTheNext() {
        Executor forgiving = call -> coord(0).callbacks().execute(() -> {
            try {
                call.run();
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("as the test wants");
            }
        });
        BroadcastGroup group = group(0).withMembers(List.of(id(0))).withListenersOn(forgiving);
        CausalBroadcast alone = CausalBroadcast.open(group, delivery -> {
            heard.get(0).add(delivery.payload().asString());
            throw new IllegalStateException("as the test wants");
        });
        opened.add(alone);
        await(alone.broadcast(Value.of("a")));
        await(alone.broadcast(Value.of("b")));
        awaitHeard(0, "a", "b");
    }

    @Test
    void listenerThatDoesNotReturn_hasSendersRefused_notMemoryFilled() {
        List<Runnable> calls = new CopyOnWriteArrayList<>();
        BroadcastGroup small = group(0).withMaxUnacknowledged(3).withMembers(List.of(id(0), id(1)));
        CausalBroadcast sender = causal(0, small);
        CausalBroadcast slow = causal(
                1,
                group(1).withMembers(List.of(id(0), id(1)))
                        .withMaxUnacknowledged(2)
                        .withListenersOn(calls::add));
        for (int i = 0; i < 2; i++) {
            await(sender.broadcast(Value.of("m" + i)));
        }
        awaitHeard(0, "m0", "m1"); // what a listener of the sender's own has not heard counts too
        List<CompletableFuture<Void>> kept = IntStream.range(2, 5)
                .mapToObj(i -> sender.broadcast(Value.of("m" + i)))
                .toList();
        aMoment();
        assertThat(kept).noneMatch(CompletableFuture::isDone);
        assertThat(sender.blockedBy()).containsExactly(id(1));
        assertThat(failure(sender.broadcast(Value.of("m5")))).isInstanceOf(LimitExceededException.class);
        await(slow.broadcast(Value.of("own1")));
        await(slow.broadcast(Value.of("own2")));
        assertThat(failure(slow.broadcast(Value.of("own3"))))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("not heard by the listener here");
        eventually("all heard", () -> {
            calls.forEach(call -> {
                calls.remove(call);
                call.run();
            });
            return heard.get(1).size() == 7;
        });
        kept.forEach(this::await);
    }

    @Test
    void closed_refuses_andFailsWhatWasUnderWay() {
        CausalBroadcast one = causal(0);
        CompletableFuture<Void> underWay = one.broadcast(Value.of("nobody is there"));
        one.close();
        one.close();
        assertThat(failure(underWay))
                .isInstanceOfSatisfying(
                        ClosedException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
        assertThat(failure(one.broadcast(Value.of("late"))))
                .isInstanceOfSatisfying(
                        ClosedException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED))
                .hasMessageContaining("is closed at " + id(0));
        assertThat(one.blockedBy()).isEmpty();
        causal(0);
    }

    @Test
    void misuse_isRefusedWithWhatIsWrong() {
        BroadcastGroup group = group(0);
        CausalBroadcast one = causal(0);
        assertThatThrownBy(() -> causal(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> one.broadcast(Value.of(new byte[BroadcastGroup.MAX_PAYLOAD + 1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("131072 at most");
        assertThatThrownBy(() -> group.withMembers(List.of(id(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without this one, " + id(0));
        assertThatThrownBy(() -> group.withMembers(List.of(id(0), "stranger")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stranger");
        assertThatThrownBy(() -> group.withRetryEvery(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> group.withMaxUnacknowledged(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BroadcastGroup.on(coord(0), cluster().messenger(id(0)), "n".repeat(49)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 48");
    }

    // ---- in total order

    @Test
    void concurrentMessages_areDeliveredInOneOrder() {
        List<TotalOrderBroadcast> members = List.of(total(0), total(1), total(2));
        List<CompletableFuture<Void>> broadcasts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            for (TotalOrderBroadcast member : members) {
                broadcasts.add(member.broadcast(Value.of(Integer.toString(i))));
            }
        }
        broadcasts.forEach(this::await);
        heard.forEach(each -> eventually("all heard", () -> each.size() == 60));
        assertThat(heard.get(1)).doesNotHaveDuplicates().isEqualTo(heard.get(0));
        assertThat(heard.get(2)).isEqualTo(heard.get(0));
        members.forEach(
                member -> eventually("nobody waits", () -> member.blockedBy().isEmpty()));
    }

    @Test
    void deadMember_stopsEverybody_isNamed_andEndsTheGroupWhenItRestarts() {
        TotalOrderBroadcast one = total(0);
        TotalOrderBroadcast other = total(1);
        total(2);
        await(one.broadcast(Value.of("all")));
        cluster().faults().crash(id(2));
        CompletableFuture<Void> stuck = one.broadcast(Value.of("stuck"));
        eventually("waits for the dead only", () -> one.blockedBy().equals(new HashSet<>(List.of(id(2)))));
        aMoment();
        assertThat(stuck).isNotDone();
        assertThat(heard.get(1)).containsExactly(id(0) + " all");

        cluster().faults().restart(id(2));
        TotalOrderBroadcast again = total(2);
        CompletableFuture<Void> forgotten = again.broadcast(Value.of("as if nothing had been"));
        for (CompletableFuture<Void> over : List.of(stuck, one.ended(), other.ended(), again.ended(), forgotten)) {
            assertThat(failure(over))
                    .isInstanceOfSatisfying(
                            MemberRestartedException.class,
                            e -> assertThat(e.member()).isEqualTo(id(2)))
                    .hasMessageContaining("open a group of another name");
        }
        assertThat(failure(other.broadcast(Value.of("late"))))
                .isInstanceOfSatisfying(
                        MemberRestartedException.class,
                        e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
        assertThat(heard.get(0)).containsExactly(id(0) + " all");
    }
}
