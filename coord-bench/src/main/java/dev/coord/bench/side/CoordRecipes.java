package dev.coord.bench.side;

import dev.coord.Coord;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Coord's recipes. */
final class CoordRecipes implements Recipes {
    private final List<Coord> sides;

    /** Takes two sessions; locks are of the first. */
    CoordRecipes(Coord first, Coord second) {
        this.sides = List.of(first, second);
    }

    @Override
    public Mutex mutex(String name) {
        DistributedLock lock = DistributedLock.on(sides.get(0), name);
        return new Mutex() {
            private @Nullable LockHandle held;

            @Override
            public void lock() throws InterruptedException {
                held = lock.acquire();
            }

            @Override
            public void unlock() {
                if (held != null) {
                    held.close();
                }
            }
        };
    }

    @Override
    public Candidate stand(String name, int side) {
        LeaderElection election = LeaderElection.on(sides.get(side), name);
        CompletableFuture<Leadership> elected = election.campaignAsync("side " + side);
        return new Candidate() {
            @Override
            public CompletableFuture<?> elected() {
                return elected;
            }

            @Override
            public int standing() throws InterruptedException {
                return election.candidates().size() + (election.leader().isPresent() ? 1 : 0);
            }

            @Override
            public void leave() {
                elected.join().close();
            }
        };
    }
}
