package dev.coord.recipes.internal;

import dev.coord.Coord;
import dev.coord.recipes.HandleState;
import dev.coord.time.Deadline;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Those who are told of the state of something held. That a keep-alive is overdue nobody tells: a timer is set for when it
 * would be, and, as a keep-alive that comes through is not told either, it looks often while one is. Without listeners
 * there is no timer.
 */
public final class StateListeners {
    private static final int MOST = 1_000;

    /** How often it looks in the validity of a session that is overdue. */
    private static final int LOOKS = 20;

    private final Coord coord;
    private final Supplier<HandleState> state;
    private final LongSupplier nanosUntilOverdue;
    private final List<Ear> ears = new CopyOnWriteArrayList<>();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile @Nullable Timer timer;

    StateListeners(Coord coord, Supplier<HandleState> state, LongSupplier nanosUntilOverdue) {
        this.coord = coord;
        this.state = state;
        this.nanosUntilOverdue = nanosUntilOverdue;
    }

    /**
     * Serves a handle that lives by its session alone.
     *
     * @param coord the handle's
     * @param isHeld whether it is held for certain
     * @return the listeners, none so far
     */
    public static StateListeners ofSession(Coord coord, BooleanSupplier isHeld) {
        LongSupplier overdue = () -> nanosUntilOverdue(coord, coord.session().validUntil());
        return new StateListeners(coord, () -> stateOf(isHeld.getAsBoolean(), overdue.getAsLong()), overdue);
    }

    /** A keep-alive is overdue when half of the validity has gone by: usually they come after a third. */
    static long nanosUntilOverdue(Coord coord, Deadline validUntil) {
        return validUntil.remainingNanos() - coord.session().validity().toNanos() / 2;
    }

    private static HandleState stateOf(boolean isHeld, long nanosUntilOverdue) {
        if (!isHeld) {
            return HandleState.LOST;
        }
        return nanosUntilOverdue <= 0 ? HandleState.SUSPENDED : HandleState.HELD;
    }

    /**
     * Returns the state of the moment.
     *
     * @return the state
     */
    public HandleState state() {
        return state.get();
    }

    /**
     * Adds a listener.
     *
     * @param listener is told the state of the moment, then each other one
     * @throws IllegalStateException if there are a thousand
     */
    public void add(Consumer<HandleState> listener) {
        Ear ear = new Ear(Objects.requireNonNull(listener, "listener"));
        if (ears.size() >= MOST) {
            throw new IllegalStateException(MOST + " listeners already; tell many by one");
        }
        ears.add(ear);
        ear.changed();
        if (looking.compareAndSet(false, true)) {
            lookLater();
        }
    }

    /** Looks whether the state is another now. */
    public void changed() {
        ears.forEach(Ear::changed);
        if (state.get() == HandleState.LOST) {
            Timer last = timer;
            if (last != null) {
                last.cancel();
            }
        }
    }

    private void lookLater() {
        HandleState now = state.get();
        if (now == HandleState.LOST) {
            return;
        }
        Duration often = coord.session().validity().dividedBy(LOOKS);
        Duration next = now == HandleState.HELD ? Duration.ofNanos(Math.max(1, nanosUntilOverdue.getAsLong())) : often;
        timer = coord.scheduler().schedule(next, this::look);
    }

    private void look() {
        changed();
        lookLater();
    }

    /** One listener; called on callback threads, one call at a time. */
    private final class Ear {
        private final Consumer<HandleState> listener;
        private final Teller teller = new Teller(coord.callbacks());
        private final AtomicBoolean due = new AtomicBoolean();
        private @Nullable HandleState told;

        Ear(Consumer<HandleState> listener) {
            this.listener = listener;
        }

        void changed() {
            if (due.compareAndSet(false, true)) {
                teller.tell(this::look);
            }
        }

        private void look() {
            due.set(false);
            HandleState now = state.get();
            if (now != told && told != HandleState.LOST) {
                told = now;
                listener.accept(now);
            }
        }
    }
}
