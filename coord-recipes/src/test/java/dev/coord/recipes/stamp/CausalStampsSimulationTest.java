package dev.coord.recipes.stamp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import dev.coord.recipes.causality.Causality;
import dev.coord.testkit.SimulatedCluster;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random reads and writes of random keys by several writers, some of which are reopened, against a memory of everything. */
@Timeout(120)
class CausalStampsSimulationTest {
    private static final int SEEDS = 40;
    private static final int STEPS = 60;
    private static final List<String> WRITERS = List.of("a", "b", "c");

    @Test
    void stamps_tellBeforeFromConcurrent_exactlyAsTheOracle() {
        Map<Causality, Integer> seen = new EnumMap<>(Causality.class);
        for (int seed = 1; seed <= SEEDS; seed++) {
            try (Run run = new Run(seed)) {
                for (int i = 0; i < STEPS; i++) {
                    run.step();
                }
                run.compareAll(seen);
            }
        }
        assertThat(seen.get(Causality.BEFORE)).isGreaterThan(SEEDS * 10);
        assertThat(seen.get(Causality.CONCURRENT)).isGreaterThan(SEEDS * 10);
        assertThat(seen.get(Causality.EQUAL)).isGreaterThan(SEEDS / 2);
    }

    @Test
    void valueThatIsWrittenBetweenTheTwoReads_isReadAsOfTheFirst() {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 1)) {
            CausalStamps b = cluster.await(CausalStamps.openAsync(cluster.coord("n2"), "/stamps", "b"));
            cluster.await(b.putAsync("/x", Value.of("old")));
            Kv real = cluster.coord("n1").kv();
            AtomicInteger reads = new AtomicInteger();
            Kv interrupted = proxy(Kv.class, real, "getAsync", arguments -> {
                reads.incrementAndGet();
                return b.putAsync("/x", Value.of("new"))
                        .thenCompose(revision -> real.getAsync((String) arguments[0], (Consistency) arguments[1]));
            });
            Coord coord = proxy(Coord.class, cluster.coord("n1"), "kv", arguments -> interrupted);
            CausalStamps a = cluster.await(CausalStamps.openAsync(coord, "/stamps", "a"));

            StampedEntry read = cluster.await(a.getAsync("/x")).orElseThrow();
            assertThat(reads).hasValue(1);
            assertThat(read.entry().text()).isEqualTo("old");
            assertThat(read.stamp().orElseThrow().dot()).hasToString("b:1");
        }
    }

    /** The same, but for one method. */
    private static <T> T proxy(Class<T> type, T real, String method, Function<Object[], Object> instead) {
        Object proxy = Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, called, arguments) ->
                        called.getName().equals(method) ? instead.apply(arguments) : called.invoke(real, arguments));
        return type.cast(proxy);
    }

    private static final class Run implements AutoCloseable {
        private final SimulatedCluster cluster;
        private final Random random;
        private final Map<String, CausalStamps> open = new HashMap<>();

        /** Those whose read is under way: what they know is not certain meanwhile. */
        private final Set<String> reading = new HashSet<>();

        // ---- the oracle
        private final Map<String, Set<String>> known = new HashMap<>();
        private final Map<String, Set<String>> pasts = new HashMap<>();
        private final Map<String, String> lastWrites = new HashMap<>();

        private final Map<String, StampedEntry> found = new HashMap<>();
        private int writes;

        Run(long seed) {
            cluster = SimulatedCluster.start(3, seed);
            random = new Random(seed);
            cluster.faults().disturbMessages(0.02, 0.05, Duration.ofMillis(random.nextInt(5)));
            WRITERS.forEach(this::open);
        }

        private Coord coord(String writer) {
            return cluster.coord(cluster.ids().get(WRITERS.indexOf(writer)));
        }

        private void open(String writer) {
            open.put(writer, cluster.await(CausalStamps.openAsync(coord(writer), "/stamps", writer)));
            // It goes on from the last write of its name; what was read after is forgotten.
            Set<String> known = new HashSet<>();
            String last = lastWrites.get(writer);
            if (last != null) {
                known.addAll(pasts.get(last));
                known.add(last);
            }
            this.known.put(writer, known);
        }

        void step() {
            String writer = WRITERS.get(random.nextInt(WRITERS.size()));
            int dice = random.nextInt(20);
            if (dice == 0) {
                cluster.advance(Duration.ofSeconds(2));
                open(writer);
            } else if (!reading.contains(writer)) {
                if (dice < 10) {
                    read(writer, key());
                } else {
                    write(writer, dice < 18 ? Set.of(key()) : Set.of("/x", "/y"));
                }
            }
            cluster.advance(Duration.ofMillis(random.nextInt(6)));
        }

        private String key() {
            return List.of("/x", "/y", "/z").get(random.nextInt(3));
        }

        private void write(String writer, Set<String> keys) {
            String write = "w" + writes++ + " of " + writer;
            pasts.put(write, Set.copyOf(known.get(writer)));
            known.get(writer).add(write);
            lastWrites.put(writer, write);
            Map<String, Value> values = new HashMap<>();
            keys.forEach(key -> values.put(key, Value.of(write)));
            assertThat(open.get(writer).putAllAsync(values)).isNotNull();
        }

        private void read(String writer, String key) {
            reading.add(writer);
            assertThat(open.get(writer).getAsync(key).whenComplete((read, failure) -> {
                        reading.remove(writer);
                        read.ifPresent(entry -> {
                            String write = entry.entry().text();
                            known.get(writer).addAll(pasts.get(write));
                            known.get(writer).add(write);
                            found.put(write + " at " + key, entry);
                        });
                    }))
                    .isNotNull();
        }

        void compareAll(Map<Causality, Integer> seen) {
            cluster.advance(Duration.ofSeconds(15));
            assertThat(reading).isEmpty();
            for (StampedEntry one : found.values()) {
                for (StampedEntry other : found.values()) {
                    Causality causality = one.compare(other);
                    String first = one.entry().text();
                    String second = other.entry().text();
                    assertThat(causality)
                            .as(first + " and " + second + " in " + cluster)
                            .isEqualTo(oracle(first, second));
                    if (one != other) {
                        seen.merge(causality, 1, Integer::sum);
                    }
                }
            }
        }

        private Causality oracle(String first, String second) {
            if (first.equals(second)) {
                return Causality.EQUAL;
            }
            if (pasts.get(second).contains(first)) {
                return Causality.BEFORE;
            }
            return pasts.get(first).contains(second) ? Causality.AFTER : Causality.CONCURRENT;
        }

        @Override
        public void close() {
            cluster.close();
        }
    }
}
