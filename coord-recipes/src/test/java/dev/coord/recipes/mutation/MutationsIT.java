package dev.coord.recipes.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A few seeded bugs that few seeds convict; {@code -Psim -Dsim.mutations} hunts them all. */
@Timeout(300)
class MutationsIT {
    private static final List<String> QUICK = List.of(
            "retry-applied-twice",
            "snapshot-without-leases",
            "read-before-apply",
            "watch-misses-one",
            "clock-not-restarted",
            "token-reused",
            "granted-when-seen",
            "taken-before-released");
    private static final int BUDGET = 200;
    private static final int CONTROL = 50;

    private final Hunt hunt = new Hunt(Sources.find());

    @Test
    void mutants_quickOnes_areConvicted() {
        List<Mutation> quick = Mutations.all().stream()
                .filter(mutation -> QUICK.contains(mutation.name()))
                .toList();
        assertThat(quick).hasSameSizeAs(QUICK);
        for (Mutation mutation : quick) {
            assertThat(hunt.run(mutation, BUDGET).convicted())
                    .as(mutation.name())
                    .isTrue();
        }
    }

    @Test
    void control_withoutMutation_isNotConvicted() {
        assertThat(hunt.control("mixed", CONTROL).verdict()).isEmpty();
    }
}
