package dev.coord.chaos.load;

import dev.coord.CoordException;
import dev.coord.chaos.load.Handles.Lost;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks after the sessions of processes that have gone, once they should have ended, and ends those that have not: from then
 * on the history knows that nothing of theirs can still take effect. Without that each of unknown outcome might do so for ever, and
 * the explanations of what was seen would double with each.
 */
final class EndClient extends Client {

    EndClient(int peer, Shared shared) {
        super("end", peer, Duration.ofSeconds(5), shared);
    }

    @Override
    void step(Handle own) throws InterruptedException {
        Optional<Lost> next = handles().nextLost();
        if (next.isEmpty()) {
            idle(between(100, 300));
            return;
        }
        try {
            boolean existed = own.coord().leases().revoke(next.get().session());
            counts.add(existed ? "sessions of the gone ended" : "sessions of the gone found ended");
        } catch (CoordException e) {
            handles().again(next.get());
            throw e;
        }
    }
}
