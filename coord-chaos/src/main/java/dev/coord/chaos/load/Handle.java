package dev.coord.chaos.load;

import dev.coord.Coord;
import dev.coord.chaos.wire.RemoteCoord;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** A handle of a peer, with the name that the history has for it. */
final class Handle {
    private final String process;
    private final Coord coord;
    private final RemoteCoord remote;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Queue<Runnable> before = new ConcurrentLinkedQueue<>();

    Handle(String process, Coord coord, RemoteCoord remote) {
        this.process = process;
        this.coord = coord;
        this.remote = remote;
    }

    String process() {
        return process;
    }

    Coord coord() {
        return coord;
    }

    RemoteCoord remote() {
        return remote;
    }

    boolean isOver() {
        return closing.get()
                || remote.gone().isDone()
                || remote.session().expired().isDone();
    }

    boolean isClosing() {
        return closing.get();
    }

    /** Has something noted before the handle is closed. */
    void beforeClose(Runnable note) {
        before.add(note);
        if (closing.get()) {
            note.run();
        }
    }

    void afterwards(Runnable note) {
        before.remove(note);
    }

    /** What it holds is given up, and known to be, before the store hears of it. */
    void close() {
        if (closing.compareAndSet(false, true)) {
            before.forEach(Runnable::run);
            if (!remote.gone().isDone()) {
                coord.close();
            }
        }
    }
}
