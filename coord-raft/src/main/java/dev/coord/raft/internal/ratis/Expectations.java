package dev.coord.raft.internal.ratis;

import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which followers have callers that wait for what commits: those that asked the leader for something lately. */
final class Expectations {
    private static final Duration LATELY = Duration.ofSeconds(1);

    private final Ticker ticker;
    private final Map<String, Long> asked = new ConcurrentHashMap<>();

    Expectations(Ticker ticker) {
        this.ticker = ticker;
    }

    void asks(String peer) {
        asked.put(peer, ticker.nanos());
    }

    boolean expects(String peer) {
        Long at = asked.get(peer);
        return at != null && ticker.nanos() - at < LATELY.toNanos();
    }
}
