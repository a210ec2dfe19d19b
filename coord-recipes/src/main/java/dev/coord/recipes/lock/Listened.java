package dev.coord.recipes.lock;

import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HoldListener;
import dev.coord.recipes.internal.Follower;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.Terms;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A lock of any kind whose requests are told of. */
final class Listened<H extends FencedHandle> extends Acquirable<H> {
    private final Acquirable<H> lock;
    private final Follower follower;

    Listened(Acquirable<H> lock, HoldListener listener) {
        super(lock.coord(), lock.wants());
        this.lock = lock;
        this.follower = new Follower(lock.coord(), listener);
    }

    @Override
    H handle(Holding holding) {
        return lock.handle(holding);
    }

    @Override
    Terms terms() {
        return lock.terms();
    }

    @Override
    <T> CompletableFuture<T> claim(@Nullable Duration patience, Function<Optional<Holding>, T> view) {
        return follower.follow(view, followed -> lock.claim(patience, followed));
    }

    @Override
    public String toString() {
        return lock.toString();
    }
}
