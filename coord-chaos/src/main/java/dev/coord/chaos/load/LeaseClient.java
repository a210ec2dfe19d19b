package dev.coord.chaos.load;

import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.time.Ticker;
import java.time.Duration;

/** Grants leases with keys: some are kept alive and closed, some left to end by time. */
final class LeaseClient extends Client {
    private static final Ticker TICKER = Ticker.system();
    private static final Duration TTL = Duration.ofSeconds(4);

    private final LateLeases late;
    private long number;

    LeaseClient(int peer, LateLeases late, Shared shared) {
        super("lease", peer, TTL, shared);
        this.late = late;
    }

    @Override
    void step(Handle own) throws InterruptedException {
        String key = "/leases/" + own.process() + "/" + ++number;
        if (random.nextInt(3) > 0) {
            kept(own, key);
        } else {
            detached(own, key);
        }
    }

    private void kept(Handle own, String key) throws InterruptedException {
        Lease lease = own.coord().leases().grant(Duration.ofMillis(random.nextInt(1_000, 3_000)));
        counts.add("leases granted");
        own.coord()
                .kv()
                .txn()
                .then(Op.put(key, Value.of(own.process())).withLease(lease.id()))
                .commit();
        int looks = random.nextInt(2, 30);
        for (int i = 0; i < looks && lease.isValid() && !isStopped(); i++) {
            lease.validUntil();
            idle(between(20, 120));
        }
        own.coord().kv().get(key);
        counts.add(lease.isValid() ? "leases closed" : "leases lost");
        lease.close();
    }

    /** Nobody renews it: the key goes, and not before its time, which the history checks, nor long after. */
    private void detached(Handle own, String key) throws InterruptedException {
        Duration ttl = Duration.ofMillis(random.nextInt(600, 2_000));
        long id = own.coord().leases().grantDetached(ttl);
        own.coord()
                .kv()
                .txn()
                .then(Op.put(key, Value.of(own.process())).withLease(id))
                .commit();
        long written = TICKER.nanos();
        counts.add("leases left");
        idle(ttl);
        long called = TICKER.nanos();
        while (own.coord().kv().get(key).isPresent()) {
            late.seen(key, written + ttl.toNanos(), called);
            idle(between(20, 60));
            called = TICKER.nanos();
        }
        counts.add("leases ended by time");
    }
}
