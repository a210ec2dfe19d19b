package dev.coord.recipes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Op;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody writes what no recipe would into a queue's keys: what needs them fails, and nothing hangs. */
@Timeout(60)
class ForeignValueTest {
    private static final QueuePath QUEUE = new QueuePath("/held");
    private static final List<Want> WANTS = List.of(Want.exclusive(QUEUE, Ask.of(1, "holder")));

    private final SimulatedCluster cluster = SimulatedCluster.start(3, 1);
    private final Coord coord = cluster.coord("n1");
    private final Coord stranger = cluster.coord("n2");

    @AfterEach
    void close() {
        cluster.close();
    }

    private Holding hold() {
        return cluster.await(Claim.queued(coord, WANTS, Terms.PLAIN, held -> held));
    }

    private void write(Op op) {
        assertThat(cluster.await(stranger.kv().txn().then(op).commitAsync()).succeeded())
                .isTrue();
        cluster.advance(Duration.ofSeconds(1));
    }

    private void assertFails(CompletableFuture<?> operation) {
        cluster.advance(Duration.ofSeconds(1));
        assertThat(operation).isCompletedExceptionally();
        assertThat(catchThrowable(operation::join))
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no recipe wrote it; delete it");
    }

    @Test
    void amongTheHolders_failsATransferAndARequestToLetGo() {
        Holding holding = hold();
        write(Op.put(QUEUE.holderKey("1-1"), "by hand"));
        assertFails(holding.transfer(place -> true));
        assertFails(ReleaseRequest.send(stranger, WANTS));
        assertThat(holding.isValid()).isTrue();
        CompletableFuture<Void> closed = holding.closeAsync();
        cluster.advance(Duration.ofSeconds(1));
        assertThat(closed).isCompleted();
    }

    @Test
    void inTheOwnKey_failsEachUpdate_andIsNotOverwritten() {
        Holding holding = hold();
        write(Op.put(holding.key(), "by hand"));
        CompletableFuture<Boolean> first = holding.update(ask -> ask.withText("first"));
        CompletableFuture<Boolean> second = holding.update(ask -> ask.withText("second"));
        assertFails(first);
        assertFails(second);
        assertThat(cluster.await(stranger.kv().getAsync(holding.key(), Consistency.linearizable()))
                        .orElseThrow()
                        .text())
                .isEqualTo("by hand");
    }

    @Test
    void inTheOwnKey_delaysALowering_untilItIsSetRight() {
        Holding holding = hold();
        write(Op.put(holding.key(), "by hand").withLease(coord.session().id()));
        CompletableFuture<Void> lowered = new Grip(holding, true).lower();
        cluster.advance(Duration.ofSeconds(1));
        assertThat(lowered).isNotDone();
        write(holding.saying(Ask.of(1, "set right")));
        cluster.advance(Duration.ofSeconds(1));
        assertThat(lowered).isCompleted();
        assertThat(holding.isValid()).isTrue();
        assertThat(holding.ask().text()).isEqualTo("set right");
    }

    @Test
    void changeThatThrows_failsItsUpdateOnly() {
        Holding holding = hold();
        int[] calls = {0};
        CompletableFuture<Boolean> first = holding.update(ask -> {
            calls[0]++;
            if (calls[0] > 1) {
                throw new IllegalArgumentException("too long");
            }
            return ask;
        });
        CompletableFuture<Boolean> second = holding.update(ask -> ask.withText("second"));
        cluster.advance(Duration.ofSeconds(1));
        assertThat(first).isCompletedExceptionally();
        assertThat(catchThrowable(first::join)).hasRootCauseMessage("too long");
        assertThat(second).isCompletedWithValue(true);
    }
}
