package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatheringTest {
    private final ArrayDeque<Runnable> executor = new ArrayDeque<>();
    private final List<Integer> batches = new ArrayList<>();
    private final Gathering gathering = new Gathering(new Mailbox(executor::add), this::sendAll);
    private int waiting;

    private void sendAll() {
        if (waiting > 0) {
            batches.add(waiting);
            gathering.sent(waiting);
            waiting = 0;
        }
    }

    private void issue(int count) {
        for (int i = 0; i < count; i++) {
            waiting++;
            gathering.send(waiting);
        }
    }

    private void runAll() {
        while (!executor.isEmpty()) {
            executor.remove().run();
        }
    }

    @Test
    void send_byALoneCaller_isNeverHeldUp() {
        for (int i = 0; i < 3; i++) {
            issue(1);
            gathering.told(1);
        }
        assertThat(batches).containsExactly(1, 1, 1);
        assertThat(executor).isEmpty();
    }

    @Test
    void send_byAllWhoWereTold_goesAtOnceAndTogether() {
        gathering.told(16);
        issue(16);
        assertThat(batches).containsExactly(16);
    }

    @Test
    void send_bySomeOfThose_goesWhenTheOtherThreadIsThere() {
        gathering.told(16);
        issue(7);
        assertThat(batches).isEmpty();
        assertThat(executor).describedAs("one thread is woken, whoever comes").hasSize(1);
        runAll();
        assertThat(batches).containsExactly(7);
    }

    @Test
    void send_afterOthersDidNotComeBack_doesNotWaitForThemAgain() {
        gathering.told(16);
        issue(1);
        runAll();
        issue(1);
        assertThat(batches).containsExactly(1, 1);
        assertThat(executor).isEmpty();
    }

    @Test
    void send_whenAllCameBeforeTheOtherThread_leavesItNothing() {
        gathering.told(4);
        issue(4);
        runAll();
        gathering.told(2);
        issue(1);
        runAll();
        assertThat(batches).containsExactly(4, 1);
    }

    @Test
    void send_ofNothing_isSendingNonetheless() {
        List<String> sent = new ArrayList<>();
        Gathering idle = new Gathering(new Mailbox(executor::add), () -> sent.add("looked"));
        idle.told(3);
        idle.send(0);
        assertThat(sent).containsExactly("looked");
    }
}
