package dev.coord.examples.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.Coord;
import dev.coord.kv.Op;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.SimulatedCluster;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PauseTest {
    @RegisterExtension
    final CoordExtension coord = CoordExtension.peers(3).simulated().sessionTtl(Duration.ofMinutes(2));

    /** Takes deposits, one at a time. If its process dies the lock shall come free soon: it has a session of its own. */
    static class NaiveTill {
        final Coord store;
        final Coord locks;
        Runnable beforeWriting = () -> {};

        NaiveTill(SimulatedCluster cluster, String peer) {
            store = cluster.coord(peer);
            locks = cluster.open(peer, Duration.ofSeconds(5));
        }

        boolean deposit(int amount) throws InterruptedException {
            try (LockHandle lock = DistributedLock.on(locks, "/locks/till").acquire()) {
                int balance = balance();
                if (!lock.isValid()) {
                    return false;
                }
                beforeWriting.run();
                return write(lock, balance + amount);
            }
        }

        boolean write(LockHandle lock, int balance) throws InterruptedException {
            store.kv().put("/till", Integer.toString(balance));
            return true;
        }

        int balance() throws InterruptedException {
            return store.kv()
                    .get("/till")
                    .map(found -> Integer.parseInt(found.text()))
                    .orElse(0);
        }
    }

    /** Has the store decide, at the moment of the write, whether the lock is still held. */
    static class GuardedTill extends NaiveTill {
        GuardedTill(SimulatedCluster cluster, String peer) {
            super(cluster, peer);
        }

        @Override
        boolean write(LockHandle lock, int balance) throws InterruptedException {
            Op put = Op.put("/till", Integer.toString(balance));
            return store.kv().txn().when(lock.guard()).then(put).commit().succeeded();
        }
    }

    /** Keeps the balance outside Coord, say in a database. */
    static class OutsideTill extends NaiveTill {
        final AtomicReference<Balance> place;

        OutsideTill(SimulatedCluster cluster, String peer, AtomicReference<Balance> place) {
            super(cluster, peer);
            this.place = place;
        }

        @Override
        boolean write(LockHandle lock, int balance) {
            place.set(new Balance(balance, lock.fencingToken()));
            return true;
        }

        @Override
        int balance() {
            return place.get().amount();
        }
    }

    /** What is outside, with the token of whoever wrote it. */
    record Balance(int amount, long token) {}

    /** As the last, in a place that refuses a token older than the one it has. */
    static class FencedTill extends OutsideTill {
        FencedTill(SimulatedCluster cluster, String peer, AtomicReference<Balance> place) {
            super(cluster, peer, place);
        }

        @Override
        boolean write(LockHandle lock, int balance) {
            Balance mine = new Balance(balance, lock.fencingToken());
            return place.accumulateAndGet(mine, (old, late) -> late.token() < old.token() ? old : late) == mine;
        }
    }

    /** One deposits 100 and is stopped for eight seconds just before it writes; meanwhile the other deposits 10. */
    private static boolean pauseWhileWriting(SimulatedCluster cluster, NaiveTill one, NaiveTill other)
            throws InterruptedException {
        one.beforeWriting = () -> cluster.faults().pause("n1");
        CompletableFuture<Boolean> stopped = cluster.run("n1", () -> one.deposit(100));
        cluster.advance(Duration.ofSeconds(8));
        assertTrue(other.deposit(10));
        cluster.faults().resume("n1");
        return cluster.await(stopped);
    }

    @Test
    void naiveTill_losesADeposit(SimulatedCluster cluster) throws InterruptedException {
        NaiveTill other = new NaiveTill(cluster, "n2");
        assertTrue(pauseWhileWriting(cluster, new NaiveTill(cluster, "n1"), other));
        assertEquals(100, other.balance(), "the bug: it should be 110");
    }

    @Test
    void guardedTill_losesNone(SimulatedCluster cluster) throws InterruptedException {
        NaiveTill other = new GuardedTill(cluster, "n2");
        assertFalse(pauseWhileWriting(cluster, new GuardedTill(cluster, "n1"), other), "refused, and says so");
        assertEquals(10, other.balance());
    }

    @Test
    void outsideTill_losesADeposit_unlessItsPlaceChecksTheToken(SimulatedCluster cluster) throws InterruptedException {
        AtomicReference<Balance> place = new AtomicReference<>(new Balance(0, 0));
        OutsideTill other = new OutsideTill(cluster, "n2", place);
        assertTrue(pauseWhileWriting(cluster, new OutsideTill(cluster, "n1", place), other));
        assertEquals(100, other.balance(), "the same bug");

        AtomicReference<Balance> fenced = new AtomicReference<>(new Balance(0, 0));
        FencedTill next = new FencedTill(cluster, "n2", fenced);
        assertFalse(pauseWhileWriting(cluster, new FencedTill(cluster, "n1", fenced), next), "refused");
        assertEquals(10, next.balance());
    }
}
