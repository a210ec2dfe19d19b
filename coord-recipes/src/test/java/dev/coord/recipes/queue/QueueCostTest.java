package dev.coord.recipes.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.Codec;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What an item costs, however many consumers wait for it; docs/recipes.md states these figures. */
class QueueCostTest {
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final int ITEMS = 200;

    @Test
    void item_withOneConsumer_costsThreeEntries() {
        assertThat(entriesPerItem(1)).isEqualTo(3);
    }

    @Test
    void item_withManyConsumers_costsFewMore() {
        for (int consumers : new int[] {3, 10, 30, 100}) {
            assertThat(entriesPerItem(consumers)).as(consumers + " consumers").isBetween(3.0, 4.5);
        }
    }

    /** All wait all the time; one item at a time is put. Entries are written in full: nobody's go together. */
    private static double entriesPerItem(int consumers) {
        try (SimulatedCluster cluster =
                SimulatedCluster.builder().seed(1).sessionTtl(TTL).start()) {
            List<DistributedQueue<String>> queues = new ArrayList<>();
            int[] acknowledged = new int[1];
            for (int i = 0; i < consumers; i++) {
                Coord coord = cluster.open(cluster.ids().get(i % 3), TTL);
                DistributedQueue<String> queue = DistributedQueue.on(coord, "/queue", Codec.text());
                queues.add(queue);
                consume(queue, acknowledged);
            }
            DistributedQueue<String> producer = DistributedQueue.on(cluster.coord("n1"), "/queue", Codec.text());
            cluster.advance(Duration.ofSeconds(1));
            for (int i = 0; i < ITEMS / 2; i++) {
                putOne(cluster, producer, acknowledged); // until they keep as far apart as they need to
            }
            long before = cluster.committedEntries();
            for (int i = 0; i < ITEMS; i++) {
                putOne(cluster, producer, acknowledged);
            }
            long entries = cluster.committedEntries() - before;
            queues.forEach(DistributedQueue::close);
            RangeQuery all = RangeQuery.of(KeyRange.prefix("/queue"));
            assertThat(cluster.committed(all).entries()).isEmpty();
            return entries / (double) ITEMS;
        }
    }

    private static void putOne(SimulatedCluster cluster, DistributedQueue<String> producer, int[] acknowledged) {
        int expected = acknowledged[0] + 1;
        CompletableFuture<String> put = producer.putAsync("item", PutOptions.defaults());
        cluster.runUntil(() -> acknowledged[0] == expected);
        cluster.await(put);
        cluster.advance(Duration.ofMillis(100));
    }

    private static void consume(DistributedQueue<String> queue, int[] acknowledged) {
        CompletableFuture<Void> ignored = queue.takeAsync().thenAccept(delivery -> {
            CompletableFuture<Void> acked = delivery.ackAsync().thenAccept(done -> {
                acknowledged[0]++;
                consume(queue, acknowledged);
            });
        });
    }
}
