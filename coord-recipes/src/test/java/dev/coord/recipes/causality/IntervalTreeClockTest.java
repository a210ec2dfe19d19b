package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.recipes.causality.IntervalTreeClock.Fork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IntervalTreeClockTest {

    /** The run that the paper draws in section 5.1, with the stamps that it writes beside it. */
    @Test
    void exampleOfThePaper_givesItsStamps() {
        assertThat(IntervalTreeClock.seed()).hasToString("1;0");
        Fork first = IntervalTreeClock.seed().fork();
        assertThat(first.left()).hasToString("(1,0);0");
        assertThat(first.right()).hasToString("(0,1);0");

        IntervalTreeClock upper = first.left().event();
        IntervalTreeClock lower = first.right().event();
        assertThat(upper).hasToString("(1,0);(0,1,0)");
        assertThat(lower).hasToString("(0,1);(0,0,1)");

        Fork second = upper.fork();
        assertThat(second.left()).hasToString("((1,0),0);(0,1,0)");
        assertThat(second.right()).hasToString("((0,1),0);(0,1,0)");
        IntervalTreeClock top = second.left().event();
        assertThat(top).hasToString("((1,0),0);(0,(1,1,0),0)");

        IntervalTreeClock joined = second.right().join(lower.event());
        assertThat(joined).hasToString("((0,1),1);(1,0,1)");
        Fork third = joined.fork();
        assertThat(third.left()).hasToString("((0,1),0);(1,0,1)");
        assertThat(third.right()).hasToString("(0,1);(1,0,1)");

        IntervalTreeClock back = top.join(third.left());
        assertThat(back).hasToString("(1,0);(1,(0,1,0),1)");
        assertThat(back.event()).hasToString("(1,0);2");
    }

    @Test
    void event_raisesWhatIsOwnedToTheLeastThatLiesBesideIt_elseGrowsWhereItIsCheapest() {
        assertThat(IntervalTreeClock.parse("(1,0);(0,0,(1,0,1))").event()).hasToString("(1,0);(1,0,(0,0,1))");
        assertThat(IntervalTreeClock.parse("(0,1);(0,(1,1,0),0)").event()).hasToString("(0,1);(1,(0,1,0),0)");
        // On the left without a split, on the right with one; on the right without, on the left with one.
        assertThat(IntervalTreeClock.parse("((1,0),(0,1));(0,(0,1,0),0)").event())
                .hasToString("((1,0),(0,1));(0,(0,2,0),0)");
        assertThat(IntervalTreeClock.parse("((1,0),(0,1));(0,0,(0,0,1))").event())
                .hasToString("((1,0),(0,1));(0,0,(0,0,2))");
    }

    @Test
    void anonymousStamp_hasNoEvent_andIsNotForked() {
        IntervalTreeClock message = IntervalTreeClock.seed().event().peek();
        assertThat(message).hasToString("0;1");
        assertThatThrownBy(message::event)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("an anonymous stamp cannot have an event");
        assertThatThrownBy(message::fork)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("an anonymous stamp owns nothing");
    }

    @Test
    void stampThatWasUsedUp_isNotJoined() {
        Fork fork = IntervalTreeClock.seed().fork();
        IntervalTreeClock used = fork.left();
        IntervalTreeClock child = used.fork().left();
        assertThatThrownBy(() -> used.join(child))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("overlap: one was used on after a fork, a join or an event");
    }

    @Test
    void forksInARow_areRefusedAtTheBound_andWorkUpToIt_onASmallStack() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        forkToTheBound();
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                "small",
                512 * 1024);
        thread.start();
        done.get(60, TimeUnit.SECONDS);
    }

    private static void forkToTheBound() {
        Deque<IntervalTreeClock> others = new ArrayDeque<>();
        IntervalTreeClock stamp = IntervalTreeClock.seed();
        for (int i = 0; i < IntervalTreeClock.MAX_DEPTH; i++) {
            Fork fork = stamp.fork();
            others.push(fork.right().event());
            stamp = fork.left().event();
        }
        IntervalTreeClock deepest = stamp;
        assertThatThrownBy(deepest::fork)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a stamp of 1000 levels cannot be forked");
        assertThat(IntervalTreeClock.fromBytes(deepest.toBytes()))
                .isEqualTo(deepest)
                .hasSameHashCodeAs(deepest);
        assertThat(IntervalTreeClock.parse(deepest.toString())).isEqualTo(deepest);
        while (!others.isEmpty()) {
            stamp = stamp.join(others.pop());
        }
        assertThat(stamp.toString()).startsWith("1;");
        assertThat(stamp.event()).hasToString("1;" + IntervalTreeClock.MAX_DEPTH);
    }

    @Test
    void formDeeperThanTheBound_isRefused() {
        int depth = IntervalTreeClock.MAX_DEPTH + 1;
        String tooDeep = "(".repeat(depth) + "1" + ",0)".repeat(depth) + ";0";
        assertThatThrownBy(() -> IntervalTreeClock.parse(tooDeep))
                .isInstanceOf(MalformedClockException.class)
                .hasMessageContaining("an id deeper than 1000");
        byte[] nodes = new byte[100_000];
        Arrays.fill(nodes, (byte) 2);
        nodes[0] = IntervalTreeClock.seed().toBytes()[0];
        assertThatThrownBy(() -> IntervalTreeClock.fromBytes(nodes))
                .isInstanceOf(MalformedClockException.class)
                .hasMessageContaining("an id deeper than 1000");
    }

    @Test
    void participantsWhoComeAndGo_leaveNothingBehind() {
        IntervalTreeClock server = IntervalTreeClock.seed();
        for (int i = 0; i < 5_000; i++) {
            Fork fork = server.event().fork();
            IntervalTreeClock guest = fork.right().event();
            server = fork.left().join(guest);
        }
        assertThat(server).hasToString("1;(5000,0,1)");
        assertThat(server.event()).hasToString("1;5001");
    }

    @Test
    void hundredParticipants_takeAFewBytesEach() {
        Random random = new Random(7);
        List<IntervalTreeClock> live = new ArrayList<>(List.of(IntervalTreeClock.seed()));
        for (int i = 0; i < 99; i++) {
            Fork fork = live.remove(0).fork();
            live.add(fork.left());
            live.add(fork.right());
        }
        for (int i = 0; i < 10_000; i++) {
            int at = random.nextInt(live.size());
            live.set(at, live.get(at).event());
        }
        IntervalTreeClock knowsAll =
                live.stream().map(IntervalTreeClock::peek).reduce(live.get(0), IntervalTreeClock::join);
        assertThat(knowsAll.toBytes().length).isBetween(200, 400);
    }
}
