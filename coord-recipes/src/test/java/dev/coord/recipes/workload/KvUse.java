package dev.coord.recipes.workload;

import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Txn;
import dev.coord.kv.Value;
import dev.coord.testkit.workload.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Reads, writes and transactions on a few keys. */
final class KvUse {
    private static final int MOST_IN_ONE_GO = 4;

    private final World world;

    KvUse(World world) {
        this.world = world;
    }

    List<Action> actions() {
        return List.of(
                world.action("put", 10, this::put),
                world.action("get", 12, this::get),
                world.action("range", 6, this::range),
                world.action("delete", 3, this::delete),
                world.action("cas", 8, this::compareAndSet),
                world.action("add", 5, this::add),
                world.action("txn", 8, this::transact),
                world.action("count", 6, this::count),
                world.action("burst", 4, this::burst),
                world.action("relay", 5, this::relay));
    }

    private void put(Client client, SplittableRandom random) {
        world.note(client.coord.kv().putAsync(world.key(random), world.value()), revision -> world.saw(revision));
    }

    private void get(Client client, SplittableRandom random) {
        world.note(
                client.coord.kv().getAsync(world.key(random), consistency(random)),
                entry -> entry.ifPresent(found -> world.sawKey(found.key(), found.modRevision())));
    }

    private void range(Client client, SplittableRandom random) {
        RangeQuery query = RangeQuery.of(keys(random));
        query = random.nextInt(4) == 0 ? query.limit(1 + random.nextInt(3)) : query;
        query = random.nextInt(4) == 0 ? query.lastFirst() : query;
        query = random.nextInt(6) == 0 ? query.withoutValues() : query;
        query = random.nextInt(6) == 0 ? query.countedOnly() : query;
        world.note(client.coord.kv().rangeAsync(query, consistency(random)), result -> world.saw(result.revision()));
    }

    private Consistency consistency(SplittableRandom random) {
        long seen = world.revisionSeen();
        return switch (random.nextInt(8)) {
            case 0 -> Consistency.sequential();
            case 1 -> Consistency.atLeast(seen);
            case 2 -> Consistency.at(Math.max(0, seen - random.nextInt(1 + random.nextInt(90))));
            case 3 -> Consistency.boundedStaleness(Duration.ofMillis(1 + random.nextInt(500)));
            default -> Consistency.linearizable();
        };
    }

    private KeyRange keys(SplittableRandom random) {
        String one = world.key(random);
        String other = world.key(random);
        int order = one.compareTo(other);
        return switch (random.nextInt(4)) {
            case 0 -> KeyRange.prefix("/k/");
            case 1 -> KeyRange.all();
            default ->
                order == 0 ? KeyRange.key(one) : KeyRange.between(order < 0 ? one : other, order < 0 ? other : one);
        };
    }

    private void delete(Client client, SplittableRandom random) {
        Kv kv = client.coord.kv();
        if (random.nextInt(3) == 0) {
            world.note(
                    kv.txn().then(Op.delete(world.keyRange(random))).commitAsync(),
                    result -> world.saw(result.revision()));
        } else {
            world.note(kv.deleteAsync(world.key(random)));
        }
    }

    private void compareAndSet(Client client, SplittableRandom random) {
        String key = world.key(random);
        world.note(client.coord.kv().compareAndSetAsync(key, world.revisionOf(key), world.value()));
    }

    private void transact(Client client, SplittableRandom random) {
        Txn txn = client.coord.kv().txn();
        for (int i = random.nextInt(3); i > 0; i--) {
            txn = txn.when(guard(random));
        }
        world.note(txn.then(ops(random)).otherwise(ops(random)).commitAsync(), result -> world.saw(result.revision()));
    }

    private Guard guard(SplittableRandom random) {
        String key = world.key(random);
        return switch (random.nextInt(7)) {
            case 0 -> Guard.absent(key);
            case 1 -> Guard.exists(key);
            case 2 -> Guard.absent(keys(random));
            case 3 -> Guard.compare(keys(random), Guard.Target.MOD_REVISION, Guard.Relation.LESS, world.revisionSeen());
            case 4 -> Guard.compare(KeyRange.key(key), Guard.Target.VERSION, Guard.Relation.GREATER, random.nextInt(3));
            case 5 -> Guard.compareValue(KeyRange.key(key), Guard.Relation.NOT_EQUAL, world.value());
            default -> Guard.modRevisionIs(key, world.revisionOf(key));
        };
    }

    private Op[] ops(SplittableRandom random) {
        List<Op> ops = new ArrayList<>();
        List<KeyRange> written = new ArrayList<>();
        for (int i = random.nextInt(MOST_IN_ONE_GO); i >= 0; i--) {
            KeyRange range = random.nextInt(5) == 0 ? world.keyRange(random) : KeyRange.key(world.key(random));
            Op op = op(range, random);
            boolean reads = op instanceof Op.Get || op instanceof Op.Range;
            // A transaction writes a key once.
            if (reads || written.stream().noneMatch(range::overlaps)) {
                ops.add(op);
                written.add(range);
            }
        }
        return ops.toArray(Op[]::new);
    }

    private Op op(KeyRange range, SplittableRandom random) {
        if (!range.isSingleKey()) {
            return random.nextBoolean() ? Op.delete(range) : Op.range(RangeQuery.of(range));
        }
        return switch (random.nextInt(7)) {
            case 0 -> Op.delete(range.from());
            case 1, 2 -> Op.get(range.from());
            case 3 -> Op.add(range.from(), random.nextInt(-9, 10));
            default -> Op.put(range.from(), world.value());
        };
    }

    /** Counts: each write of the key is one more version of it, whatever it holds. */
    private void count(Client client, SplittableRandom random) {
        int counter = random.nextInt(World.COUNTERS);
        String key = World.counterKey(counter);
        Kv kv = client.coord.kv();
        world.counting(counter, counter == World.ADDED ? kv.addAsync(key, 1) : kv.putAsync(key, Value.EMPTY));
    }

    /** Refused where the key holds no number. */
    private void add(Client client, SplittableRandom random) {
        world.note(client.coord.kv().addAsync(world.key(random), random.nextInt(-9, 10)));
    }

    /** Several at once travel in one entry of the log. */
    private void burst(Client client, SplittableRandom random) {
        for (int i = 2 + random.nextInt(MOST_IN_ONE_GO); i > 0; i--) {
            switch (random.nextInt(3)) {
                case 0 -> put(client, random);
                case 1 -> compareAndSet(client, random);
                default -> transact(client, random);
            }
        }
    }

    /** Whoever hears of a write reads what was written: at that moment a stale read shows. */
    private void relay(Client client, SplittableRandom random) {
        String key = world.key(random);
        world.note(client.coord.kv().putAsync(key, world.value()), revision -> read(key, random, 2));
    }

    private void read(String key, SplittableRandom random, int hops) {
        for (Client reader : List.copyOf(world.clients())) {
            if (!reader.isOver() && world.isUp(reader) && random.nextBoolean()) {
                world.note(reader.coord.kv().getAsync(key, Consistency.linearizable()), found -> {
                    if (hops > 1) {
                        read(key, random, hops - 1);
                    }
                });
            }
        }
    }
}
