package dev.coord.bench;

import java.time.Duration;
import java.util.List;

/**
 * How long to measure, and on what.
 *
 * @param warmUp for how long each cell of the table runs before the first round; at least 0.1 s
 * @param window for how long it runs in each round; at least 0.1 s
 * @param rounds how many; positive
 * @param databases {@code postgresql}, {@code h2}, or empty for PostgreSQL where it is installed and else H2
 */
record BenchSettings(Duration warmUp, Duration window, int rounds, String databases) {
    private static final List<String> KINDS = List.of("", Databases.POSTGRESQL, Databases.H2);
    private static final Duration SHORTEST = Duration.ofMillis(100);

    BenchSettings {
        checkLongEnough("warmup", warmUp);
        checkLongEnough("window", window);
        if (rounds <= 0) {
            throw new IllegalArgumentException("-Dbench.rounds=" + rounds + "; there must be one at least");
        }
        if (!KINDS.contains(databases)) {
            throw new IllegalArgumentException("-Dbench.databases=" + databases + "; it is " + Databases.POSTGRESQL
                    + " or " + Databases.H2 + ", or left out");
        }
    }

    private static void checkLongEnough(String name, Duration duration) {
        if (duration.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("-Dbench." + name + " is " + duration + "; at least 0.1 (seconds)");
        }
    }

    static BenchSettings ofProperties() {
        return new BenchSettings(
                seconds("bench.warmup", "10"),
                seconds("bench.window", "2"),
                (int) number("bench.rounds", "3"),
                System.getProperty("bench.databases", ""));
    }

    private static Duration seconds(String property, String usual) {
        return Duration.ofMillis((long) (1000 * number(property, usual)));
    }

    private static double number(String property, String usual) {
        String given = System.getProperty(property, "");
        String text = given.isEmpty() ? usual : given;
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-D" + property + "=" + text + " is no number", e);
        }
    }
}
