package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.LeadershipTask;
import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.TestCluster;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Interrupts of real threads, which a simulated script feels only when it looks. */
@Timeout(120)
class LeaderLoopInterruptTest extends ElectionContract {
    @RegisterExtension
    static final CoordExtension cluster = CoordExtension.peers(3);

    private final AtomicReference<Thread> leading = new AtomicReference<>();

    @Override
    protected TestCluster cluster() {
        return cluster.cluster();
    }

    /** How a run ended, and whether its thread was left interrupted. */
    private record End(boolean byItself, boolean isInterrupted) {}

    private CompletableFuture<End> lead(LeadershipTask task) {
        String peer = cluster().ids().get(0);
        return cluster().run(peer, () -> {
            boolean byItself = election(cluster().coord(peer)).lead("a", leadership -> {
                leading.set(Thread.currentThread());
                task.lead(leadership);
            });
            return new End(byItself, Thread.interrupted());
        });
    }

    private void deleteLeader() {
        await(coord(1).kv()
                .txn()
                .then(Op.delete(KeyRange.prefix(path() + "/~h")))
                .commitAsync());
    }

    @Test
    void taskThatBlocks_isInterruptedByTheLoss() {
        CompletableFuture<End> end = lead(leadership -> new CountDownLatch(1).await());
        eventually("the leader", () -> leading.get() != null);
        deleteLeader();
        assertThat(await(end)).isEqualTo(new End(false, false));
    }

    @Test
    void taskThatBlocksInCoord_isInterruptedByTheLoss() {
        CompletableFuture<End> end = lead(leadership -> {
            Leadership never = election(coord(0)).campaign("waits for itself");
            never.close();
        });
        eventually("a to lead and wait", () -> candidates().size() == 1);
        deleteLeader();
        // The one that waits may be elected at that moment; then it is given back.
        assertThat(List.of(new End(false, false), new End(true, false))).contains(await(end));
    }

    @Test
    void taskThatDoesNotNoticeTheInterrupt_leavesNoneBehind() {
        AtomicBoolean felt = new AtomicBoolean();
        CompletableFuture<End> end = lead(leadership -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            felt.set(true);
        });
        eventually("the leader", () -> leading.get() != null);
        deleteLeader();
        assertThat(await(end)).isEqualTo(new End(false, false));
        assertThat(felt).isTrue();
    }

    @Test
    void taskThatEndsAsItsLeadershipIsLost_leavesNoInterruptBehind() {
        for (int round = 0; round < 30; round++) {
            int spins = round * 2_000;
            CompletableFuture<Void> go = new CompletableFuture<>();
            CompletableFuture<End> end = lead(leadership -> {
                go.complete(null);
                for (int spin = 0; spin < spins && leadership.isValid(); spin++) {
                    Thread.onSpinWait();
                }
            });
            await(go);
            deleteLeader();
            assertThat(await(end).isInterrupted()).isFalse();
        }
    }

    @Test
    void interruptByOthers_endsTheLoop_andResigns() {
        CompletableFuture<End> end = lead(leadership -> new CountDownLatch(1).await());
        eventually("the leader", () -> leading.get() != null);
        leading.get().interrupt();
        assertThat(failure(end)).hasRootCauseInstanceOf(InterruptedException.class);
        eventually("no leader", () -> election(coord(1)).leader().isEmpty());
    }

    @Test
    void interruptByOthers_thatTheTaskKeeps_isKept() {
        CompletableFuture<End> end = lead(leadership -> Thread.currentThread().interrupt());
        assertThat(await(end)).isEqualTo(new End(true, true));
        eventually("no leader", () -> election(coord(1)).leader().isEmpty());
    }
}
