package dev.coord.recipes.lock;

import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.internal.Holding;

/** A lock that was granted: see {@link FencedHandle} for what it promises. {@link #close()} releases it. */
public final class LockHandle extends HeldHandle {

    LockHandle(Holding holding) {
        super(holding);
    }
}
