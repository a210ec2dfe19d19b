package dev.coord.recipes.mirror;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A listener of a mirror. Usable from any thread.
 *
 * <p>What the listener has not been told yet waits here, up to the backlog of the mirror; then all of it gives way to one
 * {@linkplain MirrorListener#onResync resync} with the newest state.
 *
 * @param <V> the values
 */
public final class MirrorSubscription<V> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MirrorSubscription.class.getName());
    /** How many calls a task of the executor makes, at most, before others have their turn. */
    private static final int CALLS_AT_ONCE = 64;

    private final MirrorListener<V> listener;
    private final Executor executor;
    private final int backlog;
    private final Consumer<MirrorSubscription<V>> onClose;

    // Of whoever holds the monitor; nobody waits or runs the user's code there.
    private final Queue<Notice<V>> pending = new ArrayDeque<>();
    private boolean running;
    private boolean closed;

    /** The last state told. Of the task that runs. */
    private @Nullable MirrorSnapshot<V> told;

    MirrorSubscription(
            MirrorListener<V> listener, Executor executor, int backlog, Consumer<MirrorSubscription<V>> onClose) {
        this.listener = listener;
        this.executor = executor;
        this.backlog = backlog;
        this.onClose = onClose;
    }

    /** Has the listener told this first, once {@link #begin} is called; what else is to be told waits until then. */
    synchronized void prime(Notice<V> first) {
        pending.add(first);
        running = true;
    }

    /** Starts what was primed. */
    void begin() {
        execute();
    }

    /** Something to be told. */
    sealed interface Notice<V> {
        /** A whole state: the first one if there is no cause, else a resync. */
        record State<V>(MirrorSnapshot<V> state, @Nullable ResyncCause cause) implements Notice<V> {}

        /** One revision. */
        record Revision<V>(MirrorSnapshot<V> state, List<MirrorChange<V>> changes, List<Undecodable> leftOut)
                implements Notice<V> {}

        /** The end. */
        record End<V>(CoordException cause) implements Notice<V> {}
    }

    /** Has the listener told, sooner or later. Called by one thread at a time, under no lock. */
    void tell(Notice<V> notice) {
        if (add(notice)) {
            execute();
        }
    }

    /** Whether a task is to be started. */
    private synchronized boolean add(Notice<V> notice) {
        if (closed) {
            return false;
        }
        if (notice instanceof Notice.Revision<V> revision && pending.size() >= backlog) {
            pending.clear();
            pending.add(new Notice.State<>(revision.state(), ResyncCause.SLOW_LISTENER));
        } else {
            pending.add(notice);
        }
        boolean idle = !running;
        running = true;
        return idle;
    }

    private void execute() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "the executor of a mirror's listener refuses; it is told no more", e);
            close();
        }
    }

    private void run() {
        for (int calls = 0; calls < CALLS_AT_ONCE; calls++) {
            Notice<V> notice = next();
            if (notice == null) {
                return;
            }
            try {
                call(notice);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "a mirror's listener failed; the next call comes all the same", e);
            }
        }
        execute();
    }

    private synchronized @Nullable Notice<V> next() {
        Notice<V> next = closed ? null : pending.poll();
        if (next == null) {
            running = false;
        } else if (next instanceof Notice.End) {
            closed = true;
        }
        return next;
    }

    private void call(Notice<V> notice) {
        if (notice instanceof Notice.State<V> whole) {
            tellState(whole.state(), whole.cause());
        } else if (notice instanceof Notice.Revision<V> revision) {
            told = revision.state();
            revision.leftOut().forEach(this::tellUndecodable);
            if (!revision.changes().isEmpty()) {
                listener.onChange(revision.state(), revision.changes());
            }
        } else if (notice instanceof Notice.End<V> end) {
            listener.onEnd(end.cause());
        }
    }

    private void tellState(MirrorSnapshot<V> state, @Nullable ResyncCause cause) {
        MirrorSnapshot<V> before = told;
        told = state;
        Iterator<Undecodable> leftOut = state.undecodable().iterator(null);
        while (leftOut.hasNext()) {
            Undecodable undecodable = leftOut.next();
            if (before == null || undecodable.entry().modRevision() > before.revision()) {
                tellUndecodable(undecodable);
            }
        }
        if (before == null) {
            listener.onState(state);
        } else {
            listener.onResync(before, state, requireNonNull(cause));
        }
    }

    private void tellUndecodable(Undecodable undecodable) {
        try {
            listener.onUndecodable(undecodable);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "a mirror's listener failed; the next call comes all the same", e);
        }
    }

    /**
     * Has the listener told no more. Does not wait; a call in progress is allowed to finish, and none follows it. Safe to
     * repeat.
     */
    @Override
    public void close() {
        silence();
        onClose.accept(this);
    }

    /** Has the listener told no more. */
    synchronized void silence() {
        closed = true;
        pending.clear();
    }
}
