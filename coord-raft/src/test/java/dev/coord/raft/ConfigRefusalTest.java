package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coord.raft.testing.Threads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong settings are refused with their name and what would be right, before anything is touched. */
class ConfigRefusalTest {
    private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE);

    @TempDir
    Path root;

    private CoordPeer.Builder valid() {
        return CoordPeer.builder().id("n1").members("n1=127.0.0.1:1").dataDirectory(root.resolve("d"));
    }

    private void refused(CoordPeer.Builder builder, String... words) {
        Threads threads = Threads.now();
        InvalidConfigException error = catchThrowableOfType(
                InvalidConfigException.class, () -> builder.start().close());
        assertThat(error).as("refused for " + String.join(", ", words)).isNotNull();
        assertThat(error.getMessage()).contains(words);
        assertThat(Files.exists(root.resolve("d"))).isFalse();
        threads.assertNoneLeft();
    }

    private static void refusedProperty(String name, String value, String... words) {
        Properties properties = new Properties();
        properties.setProperty(name, value);
        InvalidConfigException error =
                catchThrowableOfType(InvalidConfigException.class, () -> CoordPeer.fromProperties(properties));
        assertThat(error).as(name + "=" + value).isNotNull();
        assertThat(error.getMessage()).contains(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n1",
                "n1=",
                "=h:1",
                "n1=h",
                "n1=h:",
                "n1=:1",
                "n1=h:0",
                "n1=h:65536",
                "n1=h:x",
                "n1=h:-1",
                "n1=h:1,",
                "n1=h:1,,n2=h:2",
                "n1=h:1;n2=h:2",
                "n1=h:1,n1=h:2",
                "n 1=h:1",
                "n1=::1:7101",
                "n1=[]:1",
                "n1=h:1,n2=h:1"
            })
    void members_malformed_areRefused(String members) {
        InvalidConfigException error = catchThrowableOfType(
                InvalidConfigException.class, () -> CoordPeer.builder().members(members));
        assertThat(error).isNotNull();
        assertThat(error.getMessage()).containsPattern("member");
        refusedProperty("coord.members", members, "member");
    }

    @Test
    void members_wellFormed_areTaken() {
        CoordPeer.builder().members(" n1 = 10.0.0.1:7101 , n2=[::1]:7101,n-3.x_y=host.example:65535");
    }

    @Test
    void settings_missing_areNamed() {
        refused(CoordPeer.builder(), "id", "members", "dataDirectory");
        refused(CoordPeer.builder().members("n1=h:1").dataDirectory(root.resolve("d")), "id ");
        CoordPeer.Builder noMembers = CoordPeer.builder().id("n1").dataDirectory(root.resolve("d"));
        refused(noMembers, "members ");
        refused(CoordPeer.builder().id("n1").members("n1=h:1"), "dataDirectory ");
        refused(valid().id("n2"), "n1", "n2", "lack");
        refused(valid().id("n 1"), "id 'n 1'");
        refused(valid().cluster(""), "cluster");
    }

    @Test
    void numbersAndTimes_outOfBounds_areRefused() {
        refused(valid().electionTimeout(Duration.ofMillis(49)), "election-timeout", "PT0.05S");
        refused(valid().electionTimeout(Duration.ofSeconds(-1)), "election-timeout");
        refused(valid().electionTimeout(ENDLESS), "election-timeout");
        refused(valid().sessionTtl(Duration.ofMillis(1)), "session-ttl");
        refused(
                valid().sessionTtl(Duration.ofSeconds(1)).electionTimeout(Duration.ofSeconds(1)),
                "session-ttl",
                "twice");
        refused(valid().sessionTtl(ENDLESS), "session-ttl");
        refused(valid().operationTimeout(Duration.ZERO), "operation-timeout");
        refused(valid().operationTimeout(ENDLESS), "operation-timeout");
        refused(valid().historyAge(Duration.ZERO), "history-age");
        refused(valid().historyAge(ENDLESS), "history-age");
        refused(valid().progressInterval(Duration.ZERO), "progress-interval");
        refused(valid().historyRevisions(0), "history-revisions");
        refused(valid().snapshotEntries(-1), "snapshot-entries");
        refused(valid().maxInFlight(0), "max-in-flight");
        refused(valid().maxLeases(0), "max-leases");
        refused(valid().maxWatches(-5), "max-watches");
    }

    @ParameterizedTest
    @CsvSource({
        "coord.elction-timeout, 1s, unknown property",
        "coord., x, unknown property",
        "coord.election-timeout, 10, is not a duration",
        "coord.election-timeout, 10 s, is not a duration",
        "coord.session-ttl, ten seconds, is not a duration",
        "coord.history-age, 1y, is not a duration",
        "coord.operation-timeout, '', is not a duration",
        "coord.max-watches, many, is not a whole number",
        "coord.max-watches, 99999999999, is not a whole number"
    })
    void properties_unknownOrMalformed_areRefused(String name, String value, String words) {
        refusedProperty(name, value, name, words);
    }

    @Test
    void properties_pathThatIsNone_isRefused() {
        refusedProperty("coord.data-directory", "a\0b", "coord.data-directory");
    }

    @Test
    void properties_ofOthers_areIgnored() {
        Properties properties = new Properties();
        properties.setProperty("other.thing", "x");
        properties.setProperty("coord.election-timeout", "500ms");
        CoordPeer.fromProperties(properties);
    }
}
