package dev.coord.recipes.lock;

import dev.coord.Coord;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.internal.Claim;
import dev.coord.recipes.internal.Terms;
import dev.coord.recipes.internal.Want;
import dev.coord.recipes.lock.WaitGraph.Queue;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What workloads need of this package: claims of any kind on an owner's behalf, and what is committed of them. */
public final class OwnerClaims {
    private OwnerClaims() {}

    /** Claims a place in each of some queues; their asks name the owner. */
    public static CompletableFuture<LockHandle> claim(Coord coord, List<Want> wants, String detectingBelow) {
        Terms terms =
                detectingBelow.isEmpty() ? Terms.PLAIN : Terms.PLAIN.checking(new DeadlockCheck(coord, detectingBelow));
        return Claim.queued(coord, wants, terms, LockHandle::new);
    }

    public static RangeQuery query(String prefix) {
        return WaitGraph.query(prefix);
    }

    public static List<Queue> queues(RangeResult state) {
        return WaitGraph.queues(state, "");
    }
}
