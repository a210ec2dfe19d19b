package dev.coord.raft.internal.client;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The places that bound what a session has in flight. Whoever finds none is refused or stands in line, as it chose; a place that
 * becomes free while somebody stands in line is handed to the first. Safe for use by any thread.
 */
final class Places {
    private final int limit;
    private final AtomicInteger taken = new AtomicInteger();
    private final Queue<CompletableFuture<Boolean>> line = new ConcurrentLinkedQueue<>();

    Places(int limit) {
        this.limit = limit;
    }

    int limit() {
        return limit;
    }

    int taken() {
        return taken.get();
    }

    /** Takes a place if there is one. */
    boolean tryTake() {
        int now = taken.get();
        while (now < limit) {
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
            now = taken.get();
        }
        return false;
    }

    /** Takes a place beyond the limit if need be. */
    void takeAnyway() {
        taken.incrementAndGet();
    }

    /**
     * Stands in line for a place: completes with true once it is taken. Whoever does not want to wait any longer completes it with
     * false; if it is too late for that, the place is its to release.
     */
    CompletableFuture<Boolean> standInLine() {
        CompletableFuture<Boolean> turn = new CompletableFuture<>();
        line.add(turn);
        if (tryTake()) {
            // It came free before we stood in line; whoever is first has it.
            release();
        }
        return turn;
    }

    /** Leaves the line, in which nothing waits for it any more. */
    void leave(CompletableFuture<Boolean> turn) {
        line.removeIf(each -> each == turn);
    }

    /** Gives a place back. */
    void release() {
        for (int now = taken.get(); now > limit; now = taken.get()) {
            if (taken.compareAndSet(now, now - 1)) {
                return; // one that was taken beyond the limit is nobody's
            }
        }
        do {
            if (handOver()) {
                return;
            }
            taken.decrementAndGet();
            // Somebody may have stood in line in between.
        } while (!line.isEmpty() && tryTake());
    }

    private boolean handOver() {
        CompletableFuture<Boolean> first = line.poll();
        while (first != null && !first.complete(true)) {
            first = line.poll();
        }
        return first != null;
    }

    /** Sends those who stand in line away without a place. */
    void turnAway() {
        CompletableFuture<Boolean> first = line.poll();
        while (first != null) {
            first.complete(false);
            first = line.poll();
        }
    }
}
