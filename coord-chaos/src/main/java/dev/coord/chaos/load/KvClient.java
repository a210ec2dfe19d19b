package dev.coord.chaos.load;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads and writes a few keys, of which others do the same. */
final class KvClient extends Client {
    private static final Duration TTL = Duration.ofSeconds(6);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final KeyGroup group;
    private final Pace pace;
    private long number;
    private long lastRevision;

    KvClient(int peer, KeyGroup group, Shared shared) {
        super("kv", peer, TTL, shared);
        this.group = group;
        this.pace = shared.pace();
    }

    @Override
    void step(Handle own) throws InterruptedException {
        pace.await();
        KeyGroup.Round round = group.next();
        Kv kv = own.coord().kv().withTimeout(TIMEOUT);
        int choice = random.nextInt(100);
        if (choice < 40) {
            write(kv, round, choice, own.process());
        } else if (choice < 62) {
            transact(kv, round, choice, own.process());
        } else {
            read(kv, round, choice);
        }
        counts.add("operations");
    }

    private Value fresh(String process) {
        return Value.of(process + ":" + ++number);
    }

    private void write(Kv kv, KeyGroup.Round round, int choice, String process) throws InterruptedException {
        String key = round.key(random.nextInt());
        if (choice < 24) {
            lastRevision = kv.put(key, fresh(process));
        } else if (choice < 30) {
            kv.delete(key);
        } else if (choice < 35) {
            kv.add(round.counter(), random.nextInt(1, 9));
        } else {
            pipeline(kv, round, process);
        }
    }

    /** Several at once, which take effect in the order in which they are issued. */
    private void pipeline(Kv kv, KeyGroup.Round round, String process) throws InterruptedException {
        List<CompletableFuture<Long>> puts = new ArrayList<>();
        int first = random.nextInt(4);
        for (int i = 0; i < 2; i++) {
            puts.add(kv.putAsync(round.key(first + i), fresh(process)));
            counts.add("operations");
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(puts.toArray(CompletableFuture[]::new));
        Settled.await(all);
    }

    private void transact(Kv kv, KeyGroup.Round round, int choice, String process) throws InterruptedException {
        int chosen = random.nextInt(4);
        String key = round.key(chosen);
        if (choice < 52) {
            long known = kv.get(key).map(Entry::modRevision).orElse(0L);
            counts.add("operations");
            counts.add(kv.compareAndSet(key, known, fresh(process)) ? "swapped" : "not swapped");
        } else {
            String other = round.key(random.nextInt());
            kv.txn()
                    .when(Guard.exists(key))
                    .then(Op.put(key, fresh(process)), Op.get(other), Op.delete(round.key(chosen + 1)))
                    .otherwise(Op.put(key, fresh(process)), Op.range(RangeQuery.of(KeyRange.prefix(round.prefix()))))
                    .commit();
        }
    }

    private void read(Kv kv, KeyGroup.Round round, int choice) throws InterruptedException {
        String key = round.key(random.nextInt());
        if (choice < 82) {
            kv.get(key);
        } else if (choice < 90) {
            kv.get(key, Consistency.sequential());
        } else if (choice < 93) {
            kv.get(key, Consistency.atLeast(lastRevision));
        } else {
            RangeQuery query = RangeQuery.of(KeyRange.prefix(round.prefix()));
            lastRevision = Math.max(
                    lastRevision,
                    kv.range(query, choice < 97 ? Consistency.linearizable() : Consistency.sequential())
                            .revision());
        }
    }
}
