package dev.coord.chaos.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What a run is to be.
 *
 * @param seed of all chance
 * @param length how long faults are injected
 * @param peers how many there are
 * @param kinds of faults that were asked for; empty for all that the machine can do
 * @param rate turns a second of the users of keys
 * @param leastRate operations a second below which a run proves nothing
 * @param longestFault how long a fault lasts at most; it lasts 0.8 s at least
 * @param locks how many locks there are, with three users each
 * @param failoverLimit how long writes may stop when the leader is gone, by the 99th percentile
 * @param electionTimeout of the peers
 * @param directory where processes, history and report are
 * @param work faults; soak, which looks at what the processes take, and injects only what is asked for by name; disk, power or
 *     files
 * @param keep whether to write the history also if nothing is wrong with it
 */
record Settings(
        long seed,
        Duration length,
        int peers,
        List<String> kinds,
        int rate,
        int leastRate,
        Duration longestFault,
        int locks,
        Duration failoverLimit,
        Duration electionTimeout,
        Path directory,
        String work,
        boolean keep) {

    static Settings of(Properties properties) {
        String kinds = properties.getProperty("chaos.faults", "");
        String seed = properties.getProperty("chaos.seed", "");
        Duration election = Duration.ofMillis(Long.parseLong(get(properties, "chaos.election", "1000")));
        return new Settings(
                seed.isBlank() ? new SplittableRandom().nextLong(1_000_000) : Long.parseLong(seed),
                Duration.ofMillis((long) (Double.parseDouble(get(properties, "chaos.minutes", "2")) * 60_000)),
                Integer.parseInt(get(properties, "chaos.peers", "3")),
                Stream.of(kinds.split(",", -1))
                        .map(String::strip)
                        .filter(kind -> !kind.isEmpty())
                        .toList(),
                Integer.parseInt(get(properties, "chaos.rate", "900")),
                Integer.parseInt(get(properties, "chaos.least", "300")),
                Duration.ofMillis((long) (Double.parseDouble(get(properties, "chaos.longest", "4")) * 1_000)),
                Integer.parseInt(get(properties, "chaos.locks", "2")),
                election.multipliedBy(4),
                election,
                Path.of(get(properties, "chaos.directory", "target/chaos")).toAbsolutePath(),
                get(properties, "chaos.work", "faults"),
                Boolean.parseBoolean(get(properties, "chaos.keep", "false")));
    }

    private static String get(Properties properties, String name, String otherwise) {
        String value = properties.getProperty(name, "");
        return value.isBlank() ? otherwise : value.strip();
    }

    boolean soak() {
        return work.equals("soak");
    }

    /** Whether faults are injected. */
    boolean injects() {
        return !soak() || !kinds.isEmpty();
    }

    /** What to type to have it again. */
    String command() {
        return "mvn -q -Pchaos -DskipTests verify -Dchaos.seed=" + seed + " -Dchaos.minutes="
                + length.toMillis() / 60_000.0 + " -Dchaos.peers=" + peers
                + (kinds.isEmpty() ? "" : " -Dchaos.faults=" + String.join(",", kinds))
                + (work.equals("faults") ? "" : " -Dchaos.work=" + work)
                + " -Dchaos.longest=" + longestFault.toMillis() / 1_000.0 + " -Dchaos.locks=" + locks
                + " -Dchaos.rate=" + rate;
    }
}
