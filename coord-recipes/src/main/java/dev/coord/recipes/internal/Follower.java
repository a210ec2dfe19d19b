package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.recipes.HoldListener;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tells a listener of requests for places, and of what becomes of them. */
public final class Follower {
    private final Coord coord;
    private final HoldListener listener;
    private final Teller teller;

    /**
     * Creates a follower.
     *
     * @param coord the handle that makes the requests
     * @param listener who is told
     */
    public Follower(Coord coord, HoldListener listener) {
        this.coord = coord;
        this.listener = requireNonNull(listener, "listener");
        this.teller = new Teller(task -> Async.callBack(coord, task));
    }

    /** Makes a claim; the function given makes the caller's view of the outcome. */
    @FunctionalInterface
    public interface Request<T> {
        /**
         * Makes the claim.
         *
         * @param view makes the caller's view of the place, which is empty if others were first
         * @return the outcome
         */
        CompletableFuture<T> make(Function<Optional<Holding>, T> view);
    }

    /**
     * Makes a request and tells of it.
     *
     * @param <T> the caller's view of the outcome
     * @param view makes it
     * @param request makes the claim
     * @return what the claim returns
     */
    public <T> CompletableFuture<T> follow(Function<Optional<Holding>, T> view, Request<T> request) {
        long requested = coord.ticker().nanos();
        AtomicReference<@Nullable Decision> decided = new AtomicReference<>();
        tell(HoldListener::onRequested);
        CompletableFuture<T> result = request.make(place -> {
            decided.set(new Decision(place));
            return view.apply(place);
        });
        Async.whenDone(result, (done, failure) -> ended(requested, decided.get(), failure));
        return result;
    }

    /** What a claim came to: a place, or that others were first. */
    private record Decision(Optional<Holding> place) {}

    private void ended(long requested, @Nullable Decision decided, @Nullable Throwable failure) {
        Duration waited = since(requested);
        if (decided != null && decided.place().isEmpty()) {
            tell(each -> each.onBusy(waited));
        } else if (failure != null) {
            tell(each -> each.onFailed(waited, failure));
        } else if (decided != null) {
            tell(each -> each.onGranted(waited));
            follow(decided.place().orElseThrow());
        }
    }

    private void follow(Holding holding) {
        long granted = coord.ticker().nanos();
        Async.whenDone(holding.lost(), (done, failure) -> {
            Duration held = since(granted);
            tell(each -> {
                if (holding.wasLetGo()) {
                    each.onReleased(held);
                } else {
                    each.onLost(held);
                }
            });
        });
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(coord.ticker().nanos() - nanos);
    }

    private void tell(Consumer<HoldListener> news) {
        teller.tell(() -> news.accept(listener));
    }
}
