package dev.coord.chaos.load;

import dev.coord.CoordException;
import dev.coord.kv.Value;
import dev.coord.time.Ticker;
import java.time.Duration;

/** Writes as often as a peer lets it, one write after the other, so that every gap shows. */
final class Probe extends Client {
    private static final Ticker TICKER = Ticker.system();
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final Duration BETWEEN = Duration.ofMillis(15);

    private final String key;
    private final Availability availability;
    private long number;

    Probe(int peer, Shared shared, Availability availability) {
        super("probe", peer, TTL, shared);
        this.key = "/probe/n" + (peer + 1);
        this.availability = availability;
    }

    @Override
    void step(Handle own) throws InterruptedException {
        long called = TICKER.nanos();
        try {
            own.coord().kv().put(key + "/" + number / 400, Value.of(Long.toString(++number)));
            availability.succeeded(called, TICKER.nanos());
            counts.add("operations");
        } catch (CoordException e) {
            availability.failed();
            throw e;
        } finally {
            idle(BETWEEN);
        }
    }
}
