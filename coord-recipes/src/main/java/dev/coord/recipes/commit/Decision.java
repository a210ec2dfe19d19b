package dev.coord.recipes.commit;

import dev.coord.ClosedException;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Failures;
import dev.coord.recipes.internal.KeyWait;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides to commit, by one compare-and-set of the record. If its answer is lost, this goes on until it is known what became of it:
 * only the store knows, and only who knows may tell participants.
 */
final class Decision {
    private final Env env;
    private final Value committing;
    private final boolean binding;
    private final BooleanSupplier isLate;
    private final BooleanSupplier stopped;
    private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();

    // Touched by one step after the other.
    private Hold hold;
    private boolean perhaps;
    private int failures;

    /** What became of it. */
    enum Kind {
        /** It is decided to commit, and this coordinator owns the record. */
        OURS,
        /** It is decided to commit, and somebody else owns the record, or it has ended. */
        COMMITTED,
        /** It is decided to abort: somebody else had taken the record over. */
        ABORTED,
        /** It was decided so long ago that nobody knows any more. */
        FORGOTTEN,
        /** It is not decided and never will be by this coordinator, which surely has not written it. */
        UNSENT
    }

    /**
     * What became of it.
     *
     * @param kind the outcome
     * @param hold the record as it is now, if it is ours
     */
    record Verdict(Kind kind, Hold hold) {}

    private Decision(
            Env env, Hold hold, Value committing, boolean binding, BooleanSupplier isLate, BooleanSupplier stopped) {
        this.env = env;
        this.hold = hold;
        this.committing = committing;
        this.binding = binding;
        this.isLate = isLate;
        this.stopped = stopped;
    }

    /**
     * Decides.
     *
     * @param env the coordinator
     * @param hold the record, owned and undecided
     * @param committing what it is to become
     * @param binding whether the last resource has committed, so that nothing else can become of it
     * @param isLate tells whether to try no longer, as long as nothing was sent in vain
     * @param stopped tells whether nobody wants to know any more; then this may never complete
     * @return what became of it; fails only if the peer was closed
     */
    static CompletableFuture<Verdict> commit(
            Env env, Hold hold, Value committing, boolean binding, BooleanSupplier isLate, BooleanSupplier stopped) {
        Decision decision = new Decision(env, hold, committing, binding, isLate, stopped);
        decision.write();
        return decision.verdict;
    }

    private void write() {
        Async.run(
                () -> env.store().advance(hold, committing),
                (next, failure) -> written(next == null ? Optional.empty() : next, failure));
    }

    private void written(Optional<Hold> next, @Nullable Throwable failure) {
        if (failure == null) {
            if (next.isPresent()) {
                hold = next.get();
                end(Kind.OURS);
            } else {
                look(); // by an earlier write of ours, perhaps
            }
            return;
        }
        perhaps |= !Failures.isSurelyWithoutEffect(failure);
        boolean passing = KeyWait.isPassing(failure);
        if (!perhaps && !binding && (!passing || isLate.getAsBoolean())) {
            end(Kind.UNSENT);
        } else if (passing) {
            again(this::write);
        } else {
            look();
        }
    }

    private void look() {
        Async.run(() -> env.store().look(hold.id()), this::looked);
    }

    private void looked(@Nullable Sight sight, @Nullable Throwable failure) {
        if (sight == null) {
            if (failure instanceof ClosedException) {
                verdict.completeExceptionally(failure);
            } else {
                again(this::look);
            }
            return;
        }
        boolean ours = sight.owner() == hold.token();
        switch (sight.status()) {
            case COMMITTING -> {
                hold = new Hold(hold.id(), hold.token(), sight.recordRevision());
                end(ours ? Kind.OURS : Kind.COMMITTED);
            }
            case COMMITTED -> end(Kind.COMMITTED);
            // Of what surely was not written somebody has made an abort.
            case FORGOTTEN -> end(binding ? Kind.COMMITTED : perhaps ? Kind.FORGOTTEN : Kind.ABORTED);
            case PREPARING -> again(ours && env.hasSession() ? this::write : this::look);
            default -> end(Kind.ABORTED);
        }
    }

    private void again(Runnable step) {
        env.later(Env.backoff(failures++), () -> {
            if (!stopped.getAsBoolean()) {
                step.run();
            }
        });
    }

    private void end(Kind kind) {
        verdict.complete(new Verdict(kind, hold));
    }
}
