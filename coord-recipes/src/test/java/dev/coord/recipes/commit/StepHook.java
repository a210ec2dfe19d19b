package dev.coord.recipes.commit;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stands around each step of a coordinator or a participant. */
public interface StepHook {

    /**
     * Takes the step; or does not, or not now, or keeps the answer back.
     *
     * @param step which
     * @param call takes it
     * @return the answer
     */
    <T extends @Nullable Object> CompletableFuture<T> around(CommitStep step, Supplier<CompletableFuture<T>> call);
}
