package dev.coord.bench.side;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How long to measure, and what.
 *
 * @param quick whether it is a short run, whose figures tell no more than that all works
 * @param warmUp for how long each cell of the table runs before the first round, if a bar compares it
 * @param window for how long it runs in each round, if a bar compares it
 * @param shortWindow for how long it runs in each round, if it is only shown
 * @param rounds how many; positive
 * @param stages names of the stages to run; empty for all
 * @param directory where the systems write, on a disk
 * @param documents the directory where the tables are written to; empty if they are only printed
 */
public record SideSettings(
        boolean quick,
        Duration warmUp,
        Duration window,
        Duration shortWindow,
        int rounds,
        List<String> stages,
        Path directory,
        Optional<Path> documents) {
    private static final Duration SHORTEST = Duration.ofMillis(100);

    /**
     * Creates settings.
     *
     * @throws IllegalArgumentException if there is no round or a window is shorter than 0.1 s
     */
    public SideSettings {
        for (Duration duration : List.of(warmUp, window, shortWindow)) {
            if (duration.compareTo(SHORTEST) < 0) {
                throw new IllegalArgumentException(
                        "-Dbench.warmup and -Dbench.window are 0.1 (seconds) at least, not " + duration);
            }
        }
        if (rounds <= 0) {
            throw new IllegalArgumentException("-Dbench.rounds=" + rounds + "; there must be one at least");
        }
        stages = List.copyOf(stages);
    }

    /**
     * Reads them from system properties.
     *
     * @return the settings
     * @throws IllegalArgumentException if a property is not understood
     */
    public static SideSettings ofProperties() {
        boolean quick = Boolean.parseBoolean(text("bench.quick", "false"));
        Duration window = seconds("bench.window", quick ? 0.2 : 5);
        return new SideSettings(
                quick,
                seconds("bench.warmup", quick ? 0.2 : 2),
                window,
                seconds("bench.window", quick ? 0.1 : 0.6),
                (int) number("bench.rounds", 3),
                Stream.of(text("bench.stages", "").split(",", -1))
                        .filter(name -> !name.isEmpty())
                        .toList(),
                Path.of(text("bench.directory", "target")).toAbsolutePath(),
                Boolean.parseBoolean(text("bench.docs", "false"))
                        ? Optional.of(Path.of(text("bench.root", "."), "docs"))
                        : Optional.empty());
    }

    /** Returns how many rounds there are where all is started anew for each: in a short run one. */
    int freshRounds() {
        return quick ? 1 : rounds;
    }

    private static String text(String property, String usual) {
        String given = System.getProperty(property, "");
        return given.isEmpty() ? usual : given;
    }

    private static Duration seconds(String property, double usual) {
        return Duration.ofMillis(Math.round(1000 * number(property, usual)));
    }

    private static double number(String property, double usual) {
        String text = text(property, Double.toString(usual));
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-D" + property + "=" + text + " is no number", e);
        }
    }
}
