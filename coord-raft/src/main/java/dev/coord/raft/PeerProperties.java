package dev.coord.raft;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The settings of a builder by their property names. */
final class PeerProperties {
    private static final String PREFIX = "coord.";
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    private static final Map<String, BiConsumer<CoordPeer.Builder, String>> SETTINGS = new TreeMap<>(Map.ofEntries(
            Map.entry("cluster", CoordPeer.Builder::cluster),
            Map.entry("id", CoordPeer.Builder::id),
            Map.entry("members", CoordPeer.Builder::members),
            Map.entry("data-directory", (to, value) -> to.dataDirectory(path("data-directory", value))),
            Map.entry("listen-host", CoordPeer.Builder::listenHost),
            Map.entry("election-timeout", (to, value) -> to.electionTimeout(duration("election-timeout", value))),
            Map.entry("session-ttl", (to, value) -> to.sessionTtl(duration("session-ttl", value))),
            Map.entry("operation-timeout", (to, value) -> to.operationTimeout(duration("operation-timeout", value))),
            Map.entry("history-revisions", (to, value) -> to.historyRevisions(number("history-revisions", value))),
            Map.entry("history-bytes", (to, value) -> to.historyBytes(number("history-bytes", value))),
            Map.entry("history-age", (to, value) -> to.historyAge(duration("history-age", value))),
            Map.entry("progress-interval", (to, value) -> to.progressInterval(duration("progress-interval", value))),
            Map.entry("snapshot-entries", (to, value) -> to.snapshotEntries(number("snapshot-entries", value))),
            Map.entry("max-in-flight", (to, value) -> to.maxInFlight(number("max-in-flight", value))),
            Map.entry("max-leases", (to, value) -> to.maxLeases(number("max-leases", value))),
            Map.entry("max-watches", (to, value) -> to.maxWatches(number("max-watches", value)))));

    private PeerProperties() {}

    static void apply(Properties properties, CoordPeer.Builder to) {
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                BiConsumer<CoordPeer.Builder, String> setting = SETTINGS.get(name.substring(PREFIX.length()));
                if (setting == null) {
                    throw new InvalidConfigException("unknown property '" + name + "'; known are " + PREFIX
                            + String.join(", " + PREFIX, SETTINGS.keySet()));
                }
                setting.accept(to, properties.getProperty(name).strip());
            }
        }
    }

    private static Duration duration(String name, String value) {
        Matcher amount = AMOUNT.matcher(value);
        if (amount.matches()) {
            long number = Long.parseLong(amount.group(1));
            return switch (amount.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
        try {
            return Duration.parse(value);
        } catch (DateTimeParseException e) {
            throw new InvalidConfigException(
                    PREFIX + name + " '" + value + "' is not a duration such as 500ms, 10s, 5m, 1h or PT10S");
        }
    }

    private static Path path(String name, String value) {
        if (value.isEmpty()) {
            throw new InvalidConfigException(PREFIX + name + " is empty; name a directory");
        }
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new InvalidConfigException(PREFIX + name + " is not a path: " + e.getReason());
        }
    }

    private static int number(String name, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new InvalidConfigException(PREFIX + name + " '" + value + "' is not a whole number");
        }
    }
}
