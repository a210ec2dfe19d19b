package dev.coord.chaos.load;

import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.testkit.history.Claims;
import java.time.Duration;
import java.util.Optional;

/** Takes a lock that others want too, writes under it, and lets go. */
final class LockClient extends Client {
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final String path;
    private final FencedRegister register;
    private final Claims claims;

    LockClient(int peer, String path, FencedRegister register, Shared shared) {
        super("lock", peer, TTL, shared);
        this.path = path;
        this.register = register;
        this.claims = shared.history().locks();
    }

    @Override
    void step(Handle own) throws InterruptedException {
        Optional<LockHandle> granted = DistributedLock.on(own.coord(), path).tryAcquire(PATIENCE);
        if (granted.isEmpty()) {
            counts.add("locks not had");
            return;
        }
        counts.add("lock grants");
        Holding holding = new Holding(own, path, granted.get(), claims, register, counts);
        try {
            int uses = random.nextInt(1, 4);
            for (int i = 0; i < uses && holding.use(); i++) {
                idle(between(1, 10));
            }
        } finally {
            holding.release();
        }
        idle(between(1, 20));
    }
}
