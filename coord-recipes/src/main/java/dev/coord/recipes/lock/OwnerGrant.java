package dev.coord.recipes.lock;

import dev.coord.Coord;
import dev.coord.time.Deadline;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A grant of the lock, which the open handles of its owner share. Its set of handles is guarded by the lock's mutex. */
final class OwnerGrant {
    private final ReentrantDistributedLock parent;
    private final String owner;
    private final LockHandle lock;
    private final Set<ReentrantLockHandle> open = new HashSet<>();
    private volatile boolean over;

    OwnerGrant(ReentrantDistributedLock parent, String owner, LockHandle lock) {
        this.parent = parent;
        this.owner = owner;
        this.lock = lock;
    }

    String owner() {
        return owner;
    }

    LockHandle lock() {
        return lock;
    }

    Coord coord() {
        return parent.coord();
    }

    Deadline now() {
        return parent.now();
    }

    /** Whether the last handle was closed. */
    boolean isOver() {
        return over;
    }

    // ---- under the mutex

    ReentrantLockHandle newHandle() {
        ReentrantLockHandle handle = new ReentrantLockHandle(this);
        open.add(handle);
        return handle;
    }

    int count() {
        return open.size();
    }

    List<ReentrantLockHandle> handles() {
        return new ArrayList<>(open);
    }

    /** Takes a handle away; tells whether it was the last. */
    boolean remove(ReentrantLockHandle handle) {
        open.remove(handle);
        over = open.isEmpty();
        return over;
    }

    // ---- without it

    void closed(ReentrantLockHandle handle, CompletableFuture<Void> released) {
        parent.closed(this, handle, released);
    }
}
