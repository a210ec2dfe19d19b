package dev.coord.chaos.load;

import dev.coord.CoordException;
import dev.coord.chaos.wire.DriverThreads;
import dev.coord.chaos.wire.RemoteCoord;
import dev.coord.testkit.history.History;
import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Opens handles of peers, and has them recorded. */
final class Handles {
    private static final Ticker TICKER = Ticker.system();
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    /** For an election, and whoever ends sessions whose time is over. */
    private static final Duration GRACE = Duration.ofSeconds(6);

    private final History history;
    private final List<Door> doors;
    private final DriverThreads threads;
    private final AtomicLong opened = new AtomicLong();
    private final Map<Handle, String> live = new ConcurrentHashMap<>();
    private final Queue<Lost> lost = new ConcurrentLinkedQueue<>();
    private final Set<String> shut = ConcurrentHashMap.newKeySet();

    Handles(History history, List<Door> doors, DriverThreads threads) {
        this.history = history;
        this.doors = List.copyOf(doors);
        this.threads = threads;
    }

    int peers() {
        return doors.size();
    }

    /** Opens a session of a peer, empty if it cannot be had now. */
    Optional<Handle> open(String role, int peer, Duration ttl) throws InterruptedException {
        Door door = doors.get(peer);
        if (shut.contains(door.id())) {
            return Optional.empty();
        }
        try {
            RemoteCoord remote = RemoteCoord.open(door.id(), door.host(), door.port(), ttl, PATIENCE, threads);
            String process = role + "-" + opened.incrementAndGet() + "@" + door.id();
            Handle handle = new Handle(process, history.record(remote, process), remote);
            live.put(handle, door.id());
            remote.gone().thenRun(() -> gone(handle));
            remote.session().expired().thenRun(() -> lost(remote, GRACE));
            if (shut.contains(door.id())) {
                handle.close();
            }
            return Optional.of(handle);
        } catch (IOException | CoordException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    private void gone(Handle handle) {
        live.remove(handle);
        if (!handle.isClosing()) {
            history.gone(handle.process());
        }
        lost(handle.remote(), handle.remote().session().ttl().plus(GRACE));
    }

    private void lost(RemoteCoord remote, Duration patience) {
        lost.add(new Lost(remote.session().id(), Deadline.after(TICKER, patience)));
    }

    /** A session that is over, or whose process has gone; by the deadline it should have ended by itself. */
    record Lost(long session, Deadline over) {}

    /** The next lost session that should be over, if there is one; it is not told again. */
    Optional<Lost> nextLost() {
        Lost next = lost.peek();
        return next != null && next.over().isPast() && lost.remove(next) ? Optional.of(next) : Optional.empty();
    }

    /** Has a lost session told again, last. */
    void again(Lost session) {
        lost.add(session);
    }

    /** Closes all handles of a peer that is to end in order, and opens no other until {@link #reopen}. */
    void shut(String peer) throws InterruptedException {
        shut.add(peer);
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        live.forEach((handle, at) -> {
            if (at.equals(peer)) {
                closed.add(CompletableFuture.runAsync(handle::close, threads));
            }
        });
        Settled.await(CompletableFuture.allOf(closed.toArray(CompletableFuture[]::new)));
    }

    void reopen(String peer) {
        shut.remove(peer);
    }
}
