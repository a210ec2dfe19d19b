package dev.coord.chaos.load;

import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.Leadership;
import dev.coord.testkit.history.Claims;
import java.time.Duration;
import java.util.Optional;

/** Campaigns, leads for a while, and resigns. */
final class ElectionClient extends Client {
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final String path;
    private final FencedRegister register;
    private final Claims claims;

    ElectionClient(int peer, String path, FencedRegister register, Shared shared) {
        super("candidate", peer, TTL, shared);
        this.path = path;
        this.register = register;
        this.claims = shared.history().elections();
    }

    @Override
    void step(Handle own) throws InterruptedException {
        Optional<Leadership> elected = LeaderElection.on(own.coord(), path).campaign(own.process(), PATIENCE);
        if (elected.isEmpty()) {
            counts.add("elections not won");
            return;
        }
        counts.add("elections won");
        Holding holding = new Holding(own, path, elected.get(), claims, register, counts);
        try {
            int uses = random.nextInt(2, 12);
            for (int i = 0; i < uses && holding.use() && !isStopped(); i++) {
                idle(between(5, 60));
            }
        } finally {
            holding.release();
        }
    }
}
