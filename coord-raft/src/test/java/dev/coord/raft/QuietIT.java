package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.coord.raft.LocalCluster.Network;
import dev.coord.raft.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** With every logger at INFO, ordinary events log no stack trace. */
@Timeout(60)
class QuietIT {
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final List<Logger> set =
            List.of((Logger) LoggerFactory.getLogger("org.apache.ratis"), (Logger) LoggerFactory.getLogger("io.netty"));
    private final List<Level> levels = set.stream().map(Logger::getLevel).toList();
    private final Capture capture = new Capture();

    private static final class Capture extends AppenderBase<ILoggingEvent> {
        final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    }

    @BeforeEach
    void listen() {
        set.forEach(logger -> logger.setLevel(Level.INFO));
        capture.start();
        root.addAppender(capture);
    }

    @AfterEach
    void restore() {
        root.detachAppender(capture);
        for (int i = 0; i < set.size(); i++) {
            set.get(i).setLevel(levels.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource(Network.class)
    void startFailoverRestartAndStop_atInfo_logNoStackTrace(Network network) throws Exception {
        try (LocalCluster cluster = LocalCluster.builder().network(network).start()) {
            for (String id : cluster.ids()) {
                cluster.coord(id).kv().put("/from/" + id, "1");
            }
            String leader = cluster.awaitLeader(Duration.ofSeconds(20));
            cluster.kill(leader);
            Eventually.until(
                    "another leader",
                    () -> cluster.leader().filter(id -> !id.equals(leader)).isPresent());
            String other = cluster.awaitLeader(Duration.ofSeconds(20));
            cluster.coord(other).kv().put("/after", "1");
            cluster.restart(leader);
            cluster.coord(leader).kv().put("/back", "1");
            cluster.stop(other);
            cluster.awaitLeader(Duration.ofSeconds(20));
            cluster.restart(other);
            cluster.coord(other).kv().put("/again", "1");
        }
        report();
        assertThat(capture.events).as("the capture works").isNotEmpty();
        assertThat(capture.events)
                .filteredOn(event -> event.getThrowableProxy() != null)
                .extracting(event -> event.getLoggerName() + ": " + event.getFormattedMessage() + " "
                        + event.getThrowableProxy().getClassName())
                .isEmpty();
        assertThat(capture.events)
                .filteredOn(event -> event.getLevel() == Level.ERROR)
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEmpty();
    }

    private void report() {
        Map<String, Integer> counts = new TreeMap<>();
        capture.events.forEach(event -> counts.merge(event.getLevel() + " " + event.getLoggerName(), 1, Integer::sum));
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(14)
                .forEach(count -> System.out.println(count.getValue() + " " + count.getKey()));
    }
}
