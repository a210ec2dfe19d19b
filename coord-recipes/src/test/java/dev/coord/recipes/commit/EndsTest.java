package dev.coord.recipes.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndsTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final SimulatedCluster cluster = SimulatedCluster.start(3, 1);
    private final Ends ends = new Ends(cluster.coord(cluster.ids().get(0)));
    private final List<Long> written = new ArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void add_severalWithinTheDelay_areWrittenAtOneMoment() {
        add();
        cluster.advance(Duration.ofMillis(10));
        add();
        add();

        assertThat(written).isEmpty();
        cluster.runUntil("written", LIMIT, () -> !written.isEmpty());
        assertThat(written).hasSize(3).containsOnly(written.get(0));
    }

    @Test
    void add_afterAWrite_hasATurnOfItsOwn() {
        add();
        cluster.runUntil("the first", LIMIT, () -> written.size() == 1);

        add();

        cluster.runUntil("the second", LIMIT, () -> written.size() == 2);
        // The peer's clock may be a little faster than the one that is read here.
        assertThat(written.get(1) - written.get(0))
                .isGreaterThan(Duration.ofMillis(19).toNanos());
    }

    @Test
    void close_writesWhatWaitsAndLeavesNothingForLater() {
        add();

        ends.close();
        assertThat(written).hasSize(1);

        add();
        assertThat(written).hasSize(2);
        cluster.advance(LIMIT);
        assertThat(written).hasSize(2);
    }

    @Test
    void close_endThatThrows_keepsNoOtherFromBeingWritten() {
        IllegalStateException bug = new IllegalStateException("a defect");
        ends.add(() -> {
            throw bug;
        });
        add();

        assertThatThrownBy(ends::close).isSameAs(bug);
        assertThat(written).hasSize(1);
    }

    private void add() {
        ends.add(() -> written.add(cluster.ticker().nanos()));
    }
}
