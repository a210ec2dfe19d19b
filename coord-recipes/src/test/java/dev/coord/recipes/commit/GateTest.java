package dev.coord.recipes.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.testkit.SimulatedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GateTest {

    @SuppressWarnings("NullAway")
    private static @Nullable CompletableFuture<String> nothing() {
        return null;
    }

    @Test
    @SuppressWarnings("NullAway")
    void callThatHangs_takesItsPlace_andHoldsUpNoOutcome() {
        try (SimulatedCluster cluster = SimulatedCluster.start(1, 1)) {
            Gate gate = new Gate(cluster.coord("n1"), 2);
            List<CompletableFuture<String>> hanging = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                CompletableFuture<String> call = new CompletableFuture<>();
                hanging.add(call);
                CompletableFuture<String> ignored = gate.ask(() -> call);
            }
            assertThat(gate.waiting()).isEqualTo(1);
            assertThat(cluster.await(gate.tell(() -> CompletableFuture.completedFuture("told"))))
                    .isEqualTo("told");
            hanging.get(0).complete("");
            cluster.runUntil(() -> gate.waiting() == 0);
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void whateverTheParticipantDoes_thePlaceIsGivenBack() {
        try (SimulatedCluster cluster = SimulatedCluster.start(1, 1)) {
            Gate gate = new Gate(cluster.coord("n1"), 1);
            assertThatThrownBy(() -> cluster.await(gate.<String>ask(GateTest::nothing)))
                    .hasMessageContaining("null instead of a future");
            assertThatThrownBy(() -> cluster.await(gate.<String>ask(() -> {
                        throw new AssertionError("a defect");
                    })))
                    .hasStackTraceContaining("a defect");
            assertThat(cluster.await(gate.ask(() -> CompletableFuture.completedFuture("next"))))
                    .isEqualTo("next");
        }
    }

    @Test
    void paths_withEqualHashCodes_haveIdsOfTheirOwn() {
        CommitKeys one = new CommitKeys("/commit/Aa");
        CommitKeys other = new CommitKeys("/commit/BB");
        assertThat("/commit/Aa".hashCode()).isEqualTo("/commit/BB".hashCode());
        String id = CommitKeys.id(one.domain() + ".1.1.00000000", 7);
        assertThat(one.isOurs(id)).isTrue();
        assertThat(other.isOurs(id)).isFalse();
    }
}
