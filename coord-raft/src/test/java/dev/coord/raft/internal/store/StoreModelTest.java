package dev.coord.raft.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random sequences of commands on the store and on a naive one must come to the same, in every reply and read. */
class StoreModelTest {
    /** Set {@code coord.store.seed} to run one sequence again. */
    private static final Long SEED = Long.getLong("coord.store.seed");

    private static final int SEQUENCES = Integer.getInteger("coord.store.sequences", 10_000);

    private static void check(long seed, int least, int most) {
        List<StoreActions.Action> actions = StoreActions.generate(seed, least, most);
        Throwable failure = failureOf(actions);
        if (failure != null) {
            List<StoreActions.Action> shrunk = StoreActions.shrink(actions, some -> failureOf(some) != null);
            String listed = shrunk.stream().map(Object::toString).collect(Collectors.joining("\n  "));
            fail("seed " + seed + ", " + shrunk.size() + " actions:\n  " + listed, failureOf(shrunk));
        }
    }

    // A store that throws has failed as one that answers wrongly.
    private static @Nullable Throwable failureOf(List<StoreActions.Action> actions) {
        try {
            StoreRun.run(actions);
            return null;
        } catch (RuntimeException | AssertionError e) {
            return e;
        }
    }

    @Test
    void store_shortSequences_matchesTheNaiveStore() {
        long first = SEED == null ? 1 : SEED;
        long last = SEED == null ? SEQUENCES : SEED;
        for (long seed = first; seed <= last; seed++) {
            check(seed, 60, 100);
        }
    }

    /** Long enough for several retained trees, and for trees of several levels. */
    @Test
    void store_longSequences_matchesTheNaiveStore() {
        for (long seed = 1; seed <= 20; seed++) {
            check(-seed, 2000, 3000);
        }
    }

    @Test
    void shrink_oneActionAtFault_leavesThatAlone() {
        List<StoreActions.Action> actions = StoreActions.generate(7, 90, 90);
        StoreActions.Action fault = actions.get(41);

        assertThat(StoreActions.shrink(actions, some -> some.contains(fault))).containsExactly(fault);
    }
}
