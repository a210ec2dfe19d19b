package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.recipes.election.LeaderLatch;
import dev.coord.recipes.election.LeaderLatchListener;
import dev.coord.recipes.election.Leadership;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link LeaderLatch}. */
abstract class LeaderLatchContract extends ElectionContract {

    private LeaderLatch latch(Coord coord, String name) {
        return LeaderLatch.of(election(coord), name);
    }

    /** Remembers what it is told. */
    private static final class Heard implements LeaderLatchListener {
        final List<String> words = new CopyOnWriteArrayList<>();
        final List<CoordException> ends = new CopyOnWriteArrayList<>();

        @Override
        public void isLeader(Leadership leadership) {
            words.add("leader");
        }

        @Override
        public void notLeader() {
            words.add("not");
        }

        @Override
        public void onEnd(CoordException cause) {
            ends.add(cause);
        }
    }

    @Test
    void latches_leadOneAfterTheOther_andTellInOrder() throws Exception {
        Heard heard = new Heard();
        try (LeaderLatch first = latch(coord(0), "a").start();
                LeaderLatch second = latch(coord(1), "b").listen(heard)) {
            assertThat(first.await()).isTrue();
            second.start();
            eventually("b to stand", () -> candidates().size() == 1);
            assertThat(second.await(Duration.ofMillis(100))).isFalse();
            assertThat(second.await(Duration.ZERO)).isFalse();
            assertThat(first.hasLeadership()).isTrue();
            assertThat(second.hasLeadership()).isFalse();
            assertHeld(first.leadership().orElseThrow());

            first.close();
            assertThat(first.hasLeadership()).isFalse();
            assertThat(first.leadership()).isEmpty();
            await(first.ended());
            assertThat(first.await()).isFalse();
            assertThat(second.await(LIMIT)).isTrue();
            assertThat(second.await(Duration.ZERO)).isTrue();
            eventually("to be told", () -> heard.words.equals(List.of("leader")));
            Heard late = new Heard();
            second.listen(late);
            second.close();
            second.close();
            eventually("to be told the end", () -> heard.words.equals(List.of("leader", "not")));
            eventually("the late one to be told", () -> late.words.equals(List.of("leader", "not")));
            assertThat(election(coord(2)).leader()).isEmpty();
            assertThat(heard.ends).isEmpty();
        }
    }

    @Test
    void latchThatLosesTheLeadership_ends_unlessItIsToStandAgain() throws Exception {
        Heard heard = new Heard();
        try (LeaderLatch once = latch(coord(0), "once").start();
                LeaderLatch again = latch(coord(1), "again").restanding().listen(heard)) {
            assertThat(once.await()).isTrue();
            again.start();
            eventually("the other to stand", () -> candidates().size() == 1);
            deleteLeader();
            await(once.ended());
            assertThat(once.hasLeadership()).isFalse();
            assertThat(again.await(LIMIT)).isTrue();
            deleteLeader();
            List<String> all = List.of("leader", "not", "leader");
            eventually("to lead again", () -> heard.words.equals(all));
            once.close();
            again.close();
        }
    }

    /** Deletes the leader's key, as somebody might. */
    private void deleteLeader() {
        await(coord(2).kv()
                .txn()
                .then(Op.delete(KeyRange.prefix(path() + "/~h")))
                .commitAsync());
    }

    @Test
    void latchAtAPeerThatWasCutOff_isToldTheLoss_andEndsWithItsSession() {
        String away = leader();
        Heard heard = new Heard();
        Coord coord = cluster().open(away, TTL);
        LeaderLatch latch = latch(coord, "a").restanding().listen(heard).start();
        assertThat(await(latch.awaitAsync())).isTrue();
        CompletableFuture<Leadership> next =
                election(cluster().coord(othersThan(away).get(0))).campaignAsync("b");
        cluster().faults().isolate(away);
        Leadership won = await(next);
        assertThat(latch.hasLeadership()).isFalse();
        eventually("the loss", () -> heard.words.equals(List.of("leader", "not")));
        cluster().faults().heal();
        assertThat(failure(latch.ended())).isInstanceOf(SessionExpiredException.class);
        eventually("the end", () -> heard.ends.size() == 1);
        assertThat(await(latch.awaitAsync())).isFalse();
        latch.close();
        await(won.closeAsync());
    }

    @Test
    void latchClosedWhileItStands_withdraws() throws Exception {
        Leadership leading = election(coord(0)).campaign("a");
        LeaderLatch latch = latch(coord(1), "b").start();
        CompletableFuture<Boolean> leads = latch.awaitAsync();
        eventually("b to stand", () -> candidates().size() == 1);
        latch.close();
        assertThat(await(leads)).isFalse();
        eventually("nobody to stand", () -> candidates().isEmpty());
        leading.close();
        assertThat(election(coord(2)).leader()).isEmpty();
    }

    @Test
    void latchOfAHandleThatCloses_ends() {
        Heard heard = new Heard();
        Coord own = cluster().open("n1", Duration.ofMinutes(1));
        LeaderLatch latch = latch(own, "a").listen(heard).restanding().start();
        assertThat(await(latch.awaitAsync())).isTrue();
        own.close();
        assertThat(failure(latch.ended())).isInstanceOfAny(ClosedException.class, SessionExpiredException.class);
        eventually("the loss", () -> heard.words.equals(List.of("leader", "not")));
        latch.close();
    }

    @Test
    void latchUsedAmiss_saysSo() {
        LeaderLatch latch = latch(coord(0), "a");
        latch.start();
        assertThatThrownBy(latch::start).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(latch::restanding).isInstanceOf(IllegalStateException.class);
        latch.close();
        assertThatThrownBy(latch::start).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> latch.listen(new Heard())).isInstanceOf(IllegalStateException.class);
        LeaderLatch neverStarted = latch(coord(0), "b");
        neverStarted.close();
        assertThatThrownBy(neverStarted::start).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> latch(coord(0), "x".repeat(5_000))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> latch(coord(0), null)).isInstanceOf(NullPointerException.class);
    }
}
