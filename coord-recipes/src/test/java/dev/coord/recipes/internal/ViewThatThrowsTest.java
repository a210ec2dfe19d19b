package dev.coord.recipes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.coord.Coord;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A recipe that cannot make its view of a place that was granted: nobody would ever give that back. */
@Timeout(60)
class ViewThatThrowsTest {
    private static final QueuePath QUEUE = new QueuePath("/held");
    private static final List<Want> WANTS = List.of(Want.exclusive(QUEUE, Ask.of(1, "holder")));
    private static final Duration LONG = Duration.ofSeconds(30);

    private static <T> T refuse() {
        throw new IllegalStateException("no view");
    }

    private static void assertGivesThePlaceBack(Function<Coord, CompletableFuture<String>> claim) {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            CompletableFuture<String> failed = claim.apply(cluster.coord("n1"));
            cluster.runUntil("the failure", LONG, failed::isDone);
            assertThat(catchThrowable(failed::join)).hasRootCauseMessage("no view");
            CompletableFuture<Holding> next = Claim.queued(cluster.coord("n2"), WANTS, Terms.PLAIN, held -> held);
            cluster.runUntil("the next holder", LONG, next::isDone);
            assertThat(next.join().isValid()).isTrue();
        }
    }

    @Test
    void claim_fails_andGivesThePlaceBack() {
        assertGivesThePlaceBack(coord -> Claim.queued(coord, WANTS, Terms.PLAIN, held -> refuse()));
    }

    @Test
    void claimForAWhile_fails_andGivesThePlaceBack() {
        assertGivesThePlaceBack(coord -> Claim.queuedFor(coord, WANTS, Terms.PLAIN, LONG, held -> refuse()));
    }

    @Test
    void claimWithALockDelay_fails_andGivesThePlaceBack() {
        assertGivesThePlaceBack(
                coord -> DelayedClaim.start(coord, WANTS, Terms.PLAIN, Duration.ofMinutes(1), null, held -> refuse()));
    }
}
