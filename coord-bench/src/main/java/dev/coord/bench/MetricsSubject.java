package dev.coord.bench;

import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import dev.coord.raft.CoordMetrics;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import dev.coord.raft.RatisMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Two clusters of three peers, TCP on the loopback interface, durable logs: one plain, and one whose peers are all bound to a registry
 * that is scraped every second while it is measured. In one JVM, so that both run the same compiled code.
 */
final class MetricsSubject {
    static final String PLAIN = "plain";
    static final String METERED = "metered";

    private static final int WIDTH = 256;
    private static final int KEYS = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Value value = Value.of(new byte[128]);
    private final String[] keys = new String[KEYS];

    private MetricsSubject() {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = String.format(Locale.ROOT, "/bench/key-%04d", i);
        }
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        MetricsSubject subject = new MetricsSubject();
        try (LocalCluster plain = start(args[0], PLAIN);
                LocalCluster metered = start(args[0], METERED)) {
            PrometheusMeterRegistry registry = bind(metered);
            Kv plainKv = leader(plain);
            Kv meteredKv = leader(metered);
            Subject.serve(Map.of(
                    PLAIN, window -> subject.puts(plainKv, window),
                    METERED, window -> subject.scrapedPuts(meteredKv, registry, window)));
        }
    }

    private static LocalCluster start(String directory, String name) {
        return LocalCluster.builder()
                .network(Network.TCP)
                .electionTimeout(Duration.ofSeconds(1))
                .directory(Path.of(directory, name))
                .configure(peer -> peer.cluster(name))
                .start();
    }

    private static PrometheusMeterRegistry bind(LocalCluster cluster) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        for (String id : cluster.ids()) {
            new CoordMetrics(cluster.peer(id)).bindTo(registry);
            new RatisMetrics(cluster.peer(id)).bindTo(registry);
        }
        return registry;
    }

    private static Kv leader(LocalCluster cluster) throws InterruptedException {
        return cluster.coord(cluster.awaitLeader(PATIENCE)).kv();
    }

    private Load.Figures puts(Kv kv, Duration window) throws Exception {
        return Load.inFlight(WIDTH, window, i -> kv.putAsync(keys[(int) (i % KEYS)], value));
    }

    private Load.Figures scrapedPuts(Kv kv, PrometheusMeterRegistry registry, Duration window) throws Exception {
        ScheduledExecutorService scraper = Executors.newSingleThreadScheduledExecutor();
        try {
            scraper.scheduleAtFixedRate(() -> scrape(registry), 0, 1, TimeUnit.SECONDS);
            return puts(kv, window);
        } finally {
            scraper.shutdownNow();
        }
    }

    private static void scrape(PrometheusMeterRegistry registry) {
        if (!registry.scrape().contains("coord_operations_latency_seconds_count")) {
            throw new IllegalStateException("the scrape lacks what was bound");
        }
    }
}
