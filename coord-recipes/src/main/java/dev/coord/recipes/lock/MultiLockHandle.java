package dev.coord.recipes.lock;

import dev.coord.kv.Guard;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.internal.Holding;
import java.util.List;

/**
 * Several locks that were granted together, with one fencing token: see {@link FencedHandle} for what it promises. It is lost
 * as a whole, also if somebody deletes the key of one of them. {@link #close()} releases them all.
 */
public final class MultiLockHandle extends HeldHandle {
    private final List<Guard> guards;

    MultiLockHandle(Holding holding) {
        super(holding);
        this.guards = List.copyOf(holding.guards());
    }

    /**
     * Returns the condition "while I still hold this" of each lock, for {@link dev.coord.kv.Txn#when}. All keys are created
     * and deleted together, so {@link #guard()}, which is the first, is enough unless somebody deletes a key by hand.
     *
     * @return a guard for each lock, in the order in which they were named; the same at each call
     */
    public List<Guard> guards() {
        return guards;
    }
}
