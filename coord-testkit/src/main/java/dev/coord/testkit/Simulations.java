package dev.coord.testkit;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Simulated clusters for {@link CoordExtension}, and what their failures say of the seed. */
final class Simulations {
    static final String SEED = "coord.seed";
    private static final Duration HISTORY_AGE = Duration.ofHours(1);

    private Simulations() {}

    /**
     * Starts one with the seed that is wanted of this run, else with the test's own, else with a new one.
     *
     * @param wanted the text of JUnit's configuration parameter, which may be a system property; blank for none
     * @param own what the test has written down
     */
    static TestCluster start(ClusterSettings settings, String wanted, @Nullable Long own) {
        Long fixed = wanted.isBlank() ? own : parse(wanted);
        return SimulatedCluster.builder()
                .peers(settings.peers())
                .seed(fixed == null ? ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE) : fixed)
                .sessionTtl(settings.sessionTtl())
                .history(settings.historyRevisions(), HISTORY_AGE)
                .progressInterval(ClusterSettings.PROGRESS)
                .start();
    }

    private static Long parse(String text) {
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-D" + SEED + "=" + text + " is not a whole number", e);
        }
    }

    /** Tells whoever reads of the failure how to have it again. */
    static void explain(Throwable failure, SimulatedCluster cluster, String replayed) {
        Note note =
                new Note(cluster + " failed this test; replay " + replayed + " with -D" + SEED + "=" + cluster.seed());
        failure.addSuppressed(note);
        System.err.println(note.getMessage());
    }

    /** Not an error of its own, but part of how another is printed. */
    private static final class Note extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Note(String message) {
            super(message, null, false, false);
        }
    }
}
