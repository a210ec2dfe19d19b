package dev.coord.recipes.workload;

import static dev.coord.recipes.workload.World.require;

import dev.coord.CoordException;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.Codec;
import dev.coord.recipes.queue.Delivery;
import dev.coord.recipes.queue.DistributedQueue;
import dev.coord.recipes.queue.PutOptions;
import dev.coord.recipes.queue.QueueOptions;
import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** A queue: every item put is acknowledged once, none is lost, and the order of numbers is that of the log. */
final class QueueUse implements Scenario {
    private static final String PATH = "/queue";
    private static final QueueOptions OPTIONS = QueueOptions.defaults().capacity(20);

    private final World world;
    private final Map<Client, DistributedQueue<String>> queues = new HashMap<>();
    private final List<CompletableFuture<Optional<Delivery<String>>>> takes = new ArrayList<>();
    private final List<Delivery<String>> deliveries = new ArrayList<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private final Map<String, Integer> attempts = new HashMap<>();
    /** By value, which is unique: what was put for certain or perhaps, and acknowledged so. */
    private final Set<String> put = new HashSet<>();

    private final Set<String> perhapsPut = new HashSet<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> perhapsAcknowledged = new HashSet<>();
    private int values;
    private long checkedAt;

    QueueUse(World world) {
        this.world = world;
        for (String peer : world.cluster.ids()) {
            world.open(peer, world.usualTtl());
        }
    }

    @Override
    public List<Action> actions() {
        List<Action> actions = new ArrayList<>(new SessionUse(world).actions(4));
        actions.add(world.action("put", 10, this::put));
        actions.add(world.action("take", 12, this::take));
        actions.add(new Action("cancel-take", 1, () -> !takes.isEmpty(), this::cancel));
        actions.add(new Action("acknowledge", 12, () -> !deliveries.isEmpty(), this::acknowledge));
        actions.add(new Action("give-back", 3, () -> !deliveries.isEmpty(), this::giveBack));
        actions.add(world.action("close-queue", 1, this::close));
        return actions;
    }

    private DistributedQueue<String> queue(Client client) {
        return queues.computeIfAbsent(client, any -> DistributedQueue.on(client.coord, PATH, Codec.text(), OPTIONS));
    }

    private void put(Client client, SplittableRandom random) {
        String value = "v" + ++values;
        PutOptions options = PutOptions.defaults().priority(random.nextInt(2));
        perhapsPut.add(value);
        CompletableFuture<Optional<String>> offered =
                queue(client).offerAsync(value, options, Duration.ofMillis(random.nextInt(3_000)));
        offered.whenComplete((id, error) -> {
            if (id != null && id.isPresent()) {
                put.add(value);
            } else if (id != null
                    || error instanceof CoordException known && known.outcome() == CoordException.Outcome.NOT_APPLIED) {
                perhapsPut.remove(value);
            }
        });
        world.note(offered);
    }

    private void take(Client client, SplittableRandom random) {
        long patience =
                random.nextInt(4) == 0 ? 0 : random.nextLong(world.usualTtl().toMillis() * 2);
        CompletableFuture<Optional<Delivery<String>>> take = queue(client).pollAsync(Duration.ofMillis(patience));
        takes.add(take);
        world.note(take, found -> {
            takes.remove(take);
            found.ifPresent(this::delivered);
        });
        takes.removeIf(CompletableFuture::isDone);
    }

    private void delivered(Delivery<String> delivery) {
        String value = delivery.value();
        require(perhapsPut.contains(value), () -> "an item that nobody put: " + value);
        require(!acknowledged.contains(value), () -> "delivered after it was acknowledged: " + value);
        long before = tokens.getOrDefault(value, 0L);
        require(delivery.fencingToken() > before, () -> "token " + delivery.fencingToken() + " after " + before);
        int attempt = attempts.getOrDefault(value, 0);
        require(delivery.attempt() > attempt, () -> "attempt " + delivery.attempt() + " after " + attempt);
        tokens.put(value, delivery.fencingToken());
        attempts.put(value, delivery.attempt());
        deliveries.add(delivery);
    }

    private void cancel(SplittableRandom random) {
        takes.remove(random.nextInt(takes.size())).cancel(false);
    }

    private void acknowledge(SplittableRandom random) {
        acknowledge(deliveries.remove(random.nextInt(deliveries.size())));
    }

    private CompletableFuture<Boolean> acknowledge(Delivery<String> delivery) {
        String value = delivery.value();
        perhapsAcknowledged.add(value);
        CompletableFuture<Boolean> done = delivery.ackAsync();
        done.whenComplete((acked, error) -> {
            if (error == null && !acked) {
                return; // it stays in the set: others may acknowledge it
            }
            if (error != null) {
                delivery.closeAsync();
            }
        });
        world.note(done, acked -> {
            if (acked) {
                require(acknowledged.add(value), () -> "acknowledged twice: " + value);
            }
        });
        return done;
    }

    private void giveBack(SplittableRandom random) {
        deliveries.remove(random.nextInt(deliveries.size())).closeAsync();
    }

    private void close(Client client, SplittableRandom random) {
        DistributedQueue<String> queue = queues.remove(client);
        if (queue != null) {
            queue.close();
        }
    }

    // ---- checks

    @Override
    public void checkStep() {
        Set<String> valid = new HashSet<>();
        for (Delivery<String> delivery : deliveries) {
            require(!delivery.isValid() || valid.add(delivery.id()), () -> "delivered to two at once: " + delivery);
        }
        long entries = world.cluster.committedEntries();
        if (entries != checkedAt) {
            checkedAt = entries;
            checkOrder();
        }
    }

    private void checkOrder() {
        List<Entry> items = world.cluster
                .committed(RangeQuery.of(KeyRange.prefix(PATH + "/~m/q/")).withoutValues())
                .entries();
        require(items.size() <= 20, () -> items.size() + " items");
        for (int i = 1; i < items.size(); i++) {
            Entry before = items.get(i - 1);
            Entry after = items.get(i);
            boolean sameLane = before.key().regionMatches(0, after.key(), 0, (PATH + "/~m/q/00").length());
            require(
                    !sameLane || before.createRevision() <= after.createRevision(),
                    () -> "numbers out of order: " + before + ", " + after);
        }
    }

    @Override
    public void check() {
        world.throwFailure();
    }

    @Override
    public void finish() {
        world.checkProgress();
        deliveries.forEach(Delivery::closeAsync);
        List.copyOf(takes).forEach(take -> take.cancel(false));
        queues.values().forEach(DistributedQueue::close);
        drain();
        check();
        Set<String> missing = new HashSet<>(put);
        missing.removeAll(acknowledged);
        missing.removeAll(perhapsAcknowledged);
        require(missing.isEmpty(), () -> "put and lost: " + missing);
        world.cluster.runUntil("nothing left", Duration.ofSeconds(20), this::isNothingLeft);
        world.cluster.assertReplicasAgree();
    }

    /** One consumer takes the rest, whose claims end with their sessions at last. */
    private void drain() {
        var coord = world.cluster.open(world.cluster.ids().get(0), world.usualTtl());
        try (DistributedQueue<String> last = DistributedQueue.on(coord, PATH, Codec.text(), OPTIONS)) {
            long end = world.cluster.ticker().nanos()
                    + Duration.ofSeconds(30)
                            .plus(world.longestTtl().multipliedBy(3))
                            .toNanos();
            while (size() > 0) {
                require(world.cluster.ticker().nanos() < end, () -> size() + " items that nobody gets");
                Optional<Delivery<String>> next =
                        world.cluster.await(last.pollAsync(world.longestTtl().dividedBy(20)));
                next.ifPresent(delivery -> {
                    delivered(delivery);
                    require(world.cluster.await(acknowledge(delivery)), () -> "not acknowledged: " + delivery);
                });
                check();
            }
        }
        coord.close();
    }

    private int size() {
        return world.cluster
                .committed(RangeQuery.of(KeyRange.prefix(PATH + "/~m/q/")))
                .entries()
                .size();
    }

    private boolean isNothingLeft() {
        return world.cluster
                .committed(RangeQuery.of(KeyRange.prefix(PATH)))
                .entries()
                .isEmpty();
    }
}
