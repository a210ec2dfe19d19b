package dev.coord.recipes.commit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Dies at a point, when it is reached for the n-th time. From then on nothing that goes through this hook happens, and nothing that is
 * under way is answered: so a test need not end a real process. The owner's session is not touched; the test has it expire.
 */
public final class Crash implements StepHook {
    private final CrashPoint point;
    private final AtomicInteger left;
    private final Runnable death;
    private final AtomicBoolean dead = new AtomicBoolean();
    private volatile boolean disarmed;

    /**
     * Creates the hook.
     *
     * @param point where to die
     * @param nth at which of the times that the point is reached: 1 for the first
     * @param death called once, at that moment, on whichever thread
     */
    public Crash(CrashPoint point, int nth, Runnable death) {
        this.point = point;
        this.left = new AtomicInteger(nth);
        this.death = death;
    }

    /** Tells whether it has died. */
    public boolean isDead() {
        return dead.get();
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> around(
            CommitStep step, Supplier<CompletableFuture<T>> call) {
        if (isEnd(step, true)) {
            return new CompletableFuture<>();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        // Not told apart by null: some steps have it for their answer.
        CompletableFuture<T> ignored = started(call).whenComplete((result, failure) -> {
            if (failure == null ? isEnd(step, false) : dead.get()) {
                return;
            }
            if (failure == null) {
                answer.complete(result);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    private static <T extends @Nullable Object> CompletableFuture<T> started(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Lets it live, whatever is under way. */
    public void disarm() {
        disarmed = true;
    }

    private boolean isEnd(CommitStep step, boolean before) {
        if (!disarmed
                && !dead.get()
                && step == point.step()
                && before == point.before()
                && left.decrementAndGet() == 0
                && dead.compareAndSet(false, true)) {
            death.run();
        }
        return dead.get();
    }
}
