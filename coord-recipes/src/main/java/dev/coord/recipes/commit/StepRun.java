package dev.coord.recipes.commit;

import dev.coord.FencedException;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the step that is next by a saga's record: an action as often as the definition says, a compensation until it succeeds. Everything
 * runs in the context of the saga's driver.
 */
final class StepRun {
    private final Env env;
    private final SagaSteps steps;
    private final SagaRecord record;
    private final Hold hold;
    private final SerialContext context;
    private final BiConsumer<@Nullable Value, @Nullable Throwable> next;

    /** The attempt that is to be answered, or 0; answers to others come too late. */
    private volatile int awaited;

    private volatile @Nullable String trouble;

    // Touched in the context only.
    private int attempts;
    private boolean stopped;
    private @Nullable Timer timer;

    /** Does nothing yet; what comes of it is given to {@code next}, once, in the context. */
    StepRun(
            Env env,
            SagaSteps steps,
            SagaRecord record,
            Hold hold,
            SerialContext context,
            BiConsumer<@Nullable Value, @Nullable Throwable> next) {
        this.env = env;
        this.steps = steps;
        this.record = record;
        this.hold = hold;
        this.context = context;
        this.next = next;
    }

    String step() {
        return record.steps().get(record.current());
    }

    @Nullable
    String trouble() {
        return trouble;
    }

    void call() {
        if (!env.hasSession()) {
            next.accept(null, new FencedException("the session has ended"));
        } else if (env.coord().session().isValid()) {
            attempt();
        } else {
            // Somebody may have taken it over; a call now would do no harm, but perhaps in vain.
            env.later(Env.backoff(0), () -> context.run(this::again));
        }
    }

    private void attempt() {
        int attempt = ++attempts;
        awaited = attempt;
        Duration timeout = steps.definition().callTimeout();
        timer = env.later(
                timeout,
                () -> answered(attempt, null, new TimeoutException("no answer from " + step() + " in " + timeout)));
        Async.run(
                () -> steps.call(record, hold, attempt, () -> awaited == attempt),
                (value, failure) -> answered(attempt, value, failure));
    }

    private void answered(int attempt, @Nullable Value value, @Nullable Throwable failure) {
        context.run(() -> {
            if (awaited == attempt) {
                unawait();
                answered(value, failure == null && value == null ? nothing() : failure);
            }
        });
    }

    private Throwable nothing() {
        return new NullPointerException(step() + " has returned null; it is Value.EMPTY for nothing");
    }

    private void answered(@Nullable Value value, @Nullable Throwable failure) {
        if (failure == null || failure instanceof FencedException || (record.isForward() && isEnough(failure))) {
            next.accept(value, failure);
            return;
        }
        trouble = failure.toString();
        env.tell(listener -> listener.onRetry(hold.id(), step(), failure));
        env.later(steps.definition().backoff(attempts - 1), () -> context.run(this::again));
    }

    private boolean isEnough(Throwable failure) {
        return failure instanceof StepRefusedException
                || attempts >= steps.definition().attempts();
    }

    private void again() {
        if (!stopped) {
            call();
        }
    }

    /** Makes no more calls; what is under way stays so. */
    void stop() {
        stopped = true;
        unawait();
    }

    private void unawait() {
        awaited = 0;
        Timer running = timer;
        if (running != null) {
            running.cancel();
        }
    }
}
