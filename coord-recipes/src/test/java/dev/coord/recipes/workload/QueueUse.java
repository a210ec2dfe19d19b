package dev.coord.recipes.workload;

import static dev.coord.recipes.workload.World.require;

import dev.coord.CoordException;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
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
    private static final int CAPACITY = 20;

    private final World world;
    private final QueueOptions options;
    private final Map<Client, DistributedQueue<String>> queues = new HashMap<>();
    private final List<CompletableFuture<Optional<Delivery<String>>>> takes = new ArrayList<>();
    private final List<Delivery<String>> deliveries = new ArrayList<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private final Map<String, Integer> attempts = new HashMap<>();
    /** The names of items, which are at the end of their ids. */
    private final Set<String> takenAway = new HashSet<>();

    private final Map<String, Long> notBefore = new HashMap<>();
    /** By value, which is unique: what was put for certain or perhaps, and acknowledged so. */
    private final Set<String> put = new HashSet<>();

    private final Set<String> perhapsPut = new HashSet<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> perhapsAcknowledged = new HashSet<>();
    private int values;
    private long tookPlace;
    private long setAside;
    private long checkedAt;

    QueueUse(World world, boolean mortal) {
        this.world = world;
        this.options = QueueOptions.defaults().capacity(CAPACITY).maxAttempts(mortal ? 3 : Integer.MAX_VALUE);
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
        actions.add(world.action("take-away", 1, this::takeAway));
        actions.add(world.action("close-queue", 1, this::close));
        return actions;
    }

    private DistributedQueue<String> queue(Client client) {
        return queues.computeIfAbsent(client, any -> DistributedQueue.on(client.coord, PATH, Codec.text(), options));
    }

    private void put(Client client, SplittableRandom random) {
        String value = "v" + ++values;
        PutOptions how = PutOptions.defaults().priority(random.nextInt(2));
        if (random.nextInt(4) == 0) {
            Duration delay = delay(random);
            how = how.delay(delay);
            delayed(value, delay);
        }
        perhapsPut.add(value);
        CompletableFuture<Optional<String>> offered =
                queue(client).offerAsync(value, how, Duration.ofMillis(random.nextInt(3_000)));
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

    private Duration delay(SplittableRandom random) {
        return Duration.ofMillis(500 + random.nextLong(world.usualTtl().toMillis()));
    }

    /** By the Raft leader's clock, which may be faster by one part in 50. */
    private void delayed(String value, Duration delay) {
        notBefore.put(value, world.cluster.ticker().nanos() + delay.toNanos() / 50 * 49);
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
        require(
                world.cluster.ticker().nanos() >= notBefore.getOrDefault(value, 0L),
                () -> "delivered before its delay was over: " + value);
        if (!takenAway.contains(name(delivery))) {
            checkFollows(delivery); // else it may be told of its claim after another has got the item
        }
        tokens.put(value, delivery.fencingToken());
        attempts.put(value, delivery.attempt());
        deliveries.add(delivery);
        tookPlace++;
    }

    private void checkFollows(Delivery<String> delivery) {
        String value = delivery.value();
        require(!acknowledged.contains(value), () -> "delivered after it was acknowledged: " + value);
        long before = tokens.getOrDefault(value, 0L);
        require(delivery.fencingToken() > before, () -> "token " + delivery.fencingToken() + " after " + before);
        int attempt = attempts.getOrDefault(value, 0);
        require(delivery.attempt() > attempt, () -> "attempt " + delivery.attempt() + " after " + attempt);
    }

    private static String name(Delivery<String> delivery) {
        return delivery.id().substring(delivery.id().indexOf('-') + 1);
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
        Delivery<String> delivery = deliveries.remove(random.nextInt(deliveries.size()));
        if (random.nextBoolean()) {
            delivery.closeAsync();
            return;
        }
        Duration delay = delay(random);
        long asked = world.cluster.ticker().nanos();
        CompletableFuture<Boolean> given = delivery.nackAsync(delay);
        given.whenComplete((done, error) -> {
            if (error != null) {
                delivery.closeAsync();
            }
        });
        world.note(given, done -> {
            if (done && attempts.get(delivery.value()) == delivery.attempt()) {
                notBefore.put(delivery.value(), asked + delay.toNanos() / 50 * 49);
            }
        });
    }

    /** Somebody deletes a claim, which its consumer hears of when the event arrives. */
    private void takeAway(Client client, SplittableRandom random) {
        List<Entry> claims = world.cluster
                .committed(RangeQuery.of(KeyRange.prefix(PATH + "/~m/c/")))
                .entries();
        if (!claims.isEmpty()) {
            String claim = claims.get(random.nextInt(claims.size())).key();
            takenAway.add(claim.substring(claim.lastIndexOf('/') + 1));
            world.note(client.coord.kv().deleteAsync(claim));
        }
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
            String name = name(delivery);
            boolean judged = delivery.isValid() && !takenAway.contains(name);
            require(!judged || valid.add(name), () -> "delivered to two at once: " + delivery);
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
        require(items.size() <= CAPACITY, () -> items.size() + " items");
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
    public Map<String, Long> counts() {
        return Map.of(
                "items put",
                (long) put.size(),
                "deliveries",
                tookPlace,
                "items acknowledged",
                (long) acknowledged.size(),
                "items set aside",
                setAside);
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
        missing.removeAll(buried());
        require(missing.isEmpty(), () -> "put and lost: " + missing);
        world.cluster.runUntil("nothing left", Duration.ofSeconds(20), this::isNothingLeft);
        world.cluster.assertReplicasAgree();
    }

    /** One consumer takes the rest, whose claims end with their sessions at last. */
    private void drain() {
        var coord = world.cluster.open(world.cluster.ids().get(0), world.usualTtl());
        try (DistributedQueue<String> last = DistributedQueue.on(coord, PATH, Codec.text(), options)) {
            Duration limit = Duration.ofSeconds(30).plus(world.longestTtl().multipliedBy(3));
            while (size() > 0) {
                CompletableFuture<Optional<Delivery<String>>> take = last.pollAsync(limit);
                world.cluster.runUntil("an item, or none left", limit, () -> take.isDone() || size() == 0);
                take.cancel(false);
                Optional<Delivery<String>> next = take.isCancelled() ? Optional.empty() : take.join();
                next.ifPresent(delivery -> {
                    delivered(delivery);
                    require(world.cluster.await(acknowledge(delivery)), () -> "not acknowledged: " + delivery);
                });
                check();
            }
        }
        coord.close();
    }

    /** What was delivered too often is aside, and is all that is left. */
    private List<String> buried() {
        KeyRange aside = KeyRange.prefix(PATH + "/~m/x/");
        List<String> dead = world.cluster.committed(RangeQuery.of(aside)).entries().stream()
                .map(Entry::text)
                .toList();
        setAside = dead.size();
        // Perhaps never delivered: a take may be given up while its claim is on its way, and that counts.
        dead.forEach(value -> require(!acknowledged.contains(value), () -> "acknowledged and set aside: " + value));
        world.cluster.await(world.cluster
                .coord(world.cluster.ids().get(0))
                .kv()
                .txn()
                .then(Op.delete(aside))
                .commitAsync());
        return dead;
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
