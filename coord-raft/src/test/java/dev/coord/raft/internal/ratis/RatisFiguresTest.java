package dev.coord.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.junit.jupiter.api.Test;

class RatisFiguresTest {
    private final AtomicLong now = new AtomicLong();
    private final RatisFigures figures = new RatisFigures(now::get);

    private static RatisMetricRegistry registry(String component) {
        return new NodeMetricRegistries().create(new MetricRegistryInfo("n1@group", "ratis", component, ""));
    }

    /** As a thread of the node would create it. */
    private RatisMetricRegistry registryOfNode(String component) throws InterruptedException {
        ThreadGroup node = new ThreadGroup("node");
        ThreadGroup within = new ThreadGroup(node, "within");
        NodeMetricRegistries.assign(node, figures);
        RatisMetricRegistry[] created = new RatisMetricRegistry[1];
        Thread thread = new Thread(within, () -> created[0] = registry(component));
        thread.start();
        thread.join();
        NodeMetricRegistries.release(node);
        return created[0];
    }

    @Test
    void timer_countsWhileSomebodyLooks() throws Exception {
        Timekeeper sync = registryOfNode("log_worker").timer("syncTime");
        time(sync, 5);
        assertThat(figures.count(RatisFigure.LOG_SYNC)).isZero();
        figures.watch();
        time(sync, 7);
        time(sync, 11);
        assertThat(figures.count(RatisFigure.LOG_SYNC)).isEqualTo(2);
        assertThat(figures.totalNanos(RatisFigure.LOG_SYNC)).isEqualTo(18);
    }

    private void time(Timekeeper timer, long nanos) {
        Timekeeper.Context timing = timer.time();
        now.addAndGet(nanos);
        timing.stop();
    }

    @Test
    void counters_goOnWithTheNextNode_gaugesDoNot() throws Exception {
        figures.watch();
        registryOfNode("log_worker").counter("appendEntryCount").inc();
        registryOfNode("log_worker").<Integer>gauge("dataQueueSize", () -> () -> 7);
        assertThat(figures.value(RatisFigure.LOG_QUEUE)).isEqualTo(7);
        figures.closed();
        assertThat(figures.value(RatisFigure.LOG_QUEUE)).isNaN();
        registryOfNode("log_worker").counter("appendEntryCount").inc(2);
        assertThat(figures.count(RatisFigure.LOG_ENTRIES)).isEqualTo(3);
    }

    @Test
    void gaugeThatFails_isNoNumber() throws Exception {
        registryOfNode("log_worker").<Integer>gauge("dataQueueSize", () -> () -> {
            throw new IllegalStateException("closed");
        });
        assertThat(figures.value(RatisFigure.LOG_QUEUE)).isNaN();
    }

    @Test
    void gaugeOfAMember_isFoundByItsName() throws Exception {
        RatisMetricRegistry appender = registryOfNode("log_appender");
        appender.<Long>gauge("follower_n2_match_index", () -> () -> 12L);
        assertThat(figures.value(RatisFigure.FOLLOWER_MATCH, "n2")).isEqualTo(12);
        assertThat(figures.value(RatisFigure.FOLLOWER_MATCH, "n3")).isNaN();
        assertThat(appender.remove("follower_n2_match_index")).isTrue();
        assertThat(figures.value(RatisFigure.FOLLOWER_MATCH, "n2")).isNaN();
    }

    @Test
    void whatIsNoFigure_isNotCounted_norWhatBelongsToNoNode() throws Exception {
        figures.watch();
        registryOfNode("log_worker").counter("cacheHitCount").inc();
        registry("log_worker").counter("appendEntryCount").inc();
        for (RatisFigure figure : RatisFigure.values()) {
            assertThat(figures.count(figure)).as(figure.title()).isZero();
        }
    }
}
