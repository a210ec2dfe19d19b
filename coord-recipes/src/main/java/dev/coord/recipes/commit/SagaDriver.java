package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Failures;
import dev.coord.recipes.internal.Removal;
import dev.coord.recipes.internal.SerialContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Drives one saga: calls the step that is next by the record, writes what came of it, and so on. The record is written, guarded by the
 * owner's key, between any two steps; so a driver that is no longer the owner begins no further step, and none is compensated before it is
 * in the store that the saga is.
 */
final class SagaDriver implements Driver {
    private final Env env;
    private final SagaSteps steps;
    private final SagaRun run;
    private final SagaWrites writes;
    private final SerialContext context = new SerialContext(this::broken);
    private final long begunNanos;

    private volatile SagaRecord record;
    private volatile boolean over;
    private volatile @Nullable StepRun current;

    // The rest is touched in the context only.
    private @Nullable Hold hold;
    private @Nullable String failedStep;
    private String why = "another coordinator had it compensated";
    private @Nullable Throwable cause;

    /** Begins a saga; or goes on with one, if there is a hold on its record. */
    SagaDriver(Env env, SagaSteps steps, SagaRun run, SagaRecord record, @Nullable Hold hold) {
        this.env = env;
        this.steps = steps;
        this.run = run;
        this.record = record;
        this.hold = hold;
        this.writes = new SagaWrites(env, run.id(), () -> over);
        this.begunNanos = env.coord().ticker().nanos();
    }

    // ---- beginning

    @Override
    public void start() {
        context.run(() -> {
            if (hold != null) {
                next();
            } else {
                Async.run(
                        () -> env.store().create(run.id(), record.encode()),
                        (created, failure) -> context.run(() -> created(created, failure)));
            }
        });
    }

    private void created(@Nullable Hold created, @Nullable Throwable failure) {
        if (created != null && !over) {
            hold = created;
            next();
        } else if (created != null) {
            CompletableFuture<Void> ignored = withdraw(); // closed meanwhile
        } else if (Failures.isSurelyWithoutEffect(failure)) {
            notBegun(requireNonNull(failure));
        } else {
            Async.whenDone(withdraw(), (done, unknown) -> withdrawn(requireNonNull(failure)));
        }
    }

    private CompletableFuture<Void> withdraw() {
        return Removal.start(env.coord(), () -> env.store().withdrawal(run.id()));
    }

    /** The record is gone if it was written, unless somebody has taken it over: by the session's order it will not come later. */
    private void withdrawn(Throwable failure) {
        Async.whenDone(
                writes.look(),
                (sight, unknown) -> context.run(() -> {
                    if (sight != null && sight.status() == TransactionStatus.ABORTED && env.hasSession()) {
                        notBegun(requireNonNull(failure));
                    } else {
                        leave("its record was perhaps written: " + failure);
                    }
                }));
    }

    private void notBegun(Throwable failure) {
        if (!over) {
            run.aborted(null, "its record could not be written, no step was begun", failure);
            over(0);
        }
    }

    // ---- steps

    private void next() {
        if (record.isFinished()) {
            end();
        } else {
            StepRun step = new StepRun(env, steps, record, requireNonNull(hold), context, this::stepped);
            current = step;
            step.call();
        }
    }

    private void stepped(@Nullable Value value, @Nullable Throwable failure) {
        if (over) {
            return;
        }
        if (failure == null) {
            done(requireNonNull(value));
        } else if (failure instanceof FencedException) {
            leave("left to others: " + failure.getMessage());
        } else {
            compensate(failure);
        }
    }

    private void done(Value value) {
        SagaRecord next = record.isForward() ? record.acted(value) : record.compensated();
        try {
            SagaProtocol.checkSize(next);
        } catch (LimitExceededException e) {
            compensate(e);
            return;
        }
        if (next.isFinished()) {
            record = next; // to end it says as much
            next();
        } else {
            write(next);
        }
    }

    private void compensate(Throwable failure) {
        failedStep = record.steps().get(record.current());
        why = failedStep
                + (failure instanceof StepRefusedException ? " refused: " : " failed: ")
                + failure.getMessage();
        cause = failure;
        decided(false);
        write(record.compensating());
    }

    private void write(SagaRecord next) {
        Async.whenDone(
                writes.advance(requireNonNull(hold), next.encode()),
                (written, failure) -> context.run(() -> written(next, written == null ? Optional.empty() : written)));
    }

    private void written(SagaRecord next, Optional<Hold> written) {
        if (over) {
            return;
        }
        if (written.isEmpty()) {
            leave("another coordinator drives it");
            return;
        }
        hold = written.get();
        record = next;
        next();
    }

    // ---- the end

    private void end() {
        boolean commits = record.isForward();
        if (commits) {
            decided(true);
        }
        Async.whenDone(writes.end(requireNonNull(hold), commits), (ended, failure) -> context.run(() -> ended(ended)));
    }

    private void decided(boolean commits) {
        Duration since = Duration.ofNanos(env.coord().ticker().nanos() - begunNanos);
        env.tell(listener -> listener.onDecided(run.id(), commits, since));
    }

    private void ended(SagaWrites.@Nullable Ended ended) {
        if (over) {
            return;
        }
        TransactionStatus status = ended == null ? TransactionStatus.FORGOTTEN : ended.status();
        if (status == TransactionStatus.COMMITTED) {
            run.committed(record.resultsByStep());
        } else if (status == TransactionStatus.ABORTED) {
            run.aborted(failedStep, why, cause);
        } else {
            leave("another coordinator drives it");
            return;
        }
        env.tell(listener -> listener.onResolved(run.id(), status == TransactionStatus.COMMITTED));
        over(requireNonNull(ended).revision());
    }

    @Override
    public void ownerIs(long token) {
        context.run(() -> {
            Hold owned = hold;
            if (owned != null && token > owned.token()) {
                leave("another coordinator has taken it over");
            }
        });
    }

    @Override
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> released = new CompletableFuture<>();
        context.run(() -> {
            Hold owned = hold;
            boolean ended = over || owned == null;
            leave("the coordinator was closed");
            CompletableFuture<Void> release = ended
                    ? CompletableFuture.completedFuture(null)
                    : Removal.start(env.coord(), () -> env.store().release(requireNonNull(owned)));
            Async.whenDone(release, (done, failure) -> released.complete(null));
        });
        return released;
    }

    /** Leaves the saga to others. */
    private void leave(String reason) {
        if (!over) {
            run.unknown(reason);
            over(0);
        }
    }

    private void over(long revision) {
        over = true;
        StepRun running = current;
        if (running != null) {
            running.stop();
        }
        env.drivers().ended(this, revision);
    }

    private void broken(RuntimeException bug) {
        leave("a defect of the coordinator or a step: " + bug);
    }

    @Override
    public String id() {
        return run.id();
    }

    @Override
    public void sessionEnded() {
        CompletableFuture<Void> ignored = close();
    }

    @Override
    public boolean isUndecided() {
        return !over;
    }

    @Override
    public List<String> pending() {
        return record.pending();
    }

    @Override
    public @Nullable String trouble() {
        StepRun running = current;
        return running == null ? null : running.trouble();
    }
}
