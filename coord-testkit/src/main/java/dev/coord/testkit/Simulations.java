package dev.coord.testkit;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Simulated clusters for {@link CoordExtension}, and what their failures say of the seed. */
final class Simulations {
    static final String SEED = "coord.seed";
    private static final Duration HISTORY_AGE = Duration.ofHours(1);

    private Simulations() {}

    /** With the seed of the system property, else with the given one, else with a new one. */
    static TestCluster start(ClusterSettings settings, @Nullable Long given) {
        Long wanted = wantedSeed();
        Long fixed = wanted == null ? given : wanted;
        return SimulatedCluster.builder()
                .peers(settings.peers())
                .seed(fixed == null ? ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE) : fixed)
                .sessionTtl(settings.sessionTtl())
                .history(settings.historyRevisions(), HISTORY_AGE)
                .progressInterval(ClusterSettings.PROGRESS)
                .start();
    }

    private static @Nullable Long wantedSeed() {
        String text = System.getProperty(SEED);
        if (text == null || text.isBlank()) {
            return null;
        }
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
