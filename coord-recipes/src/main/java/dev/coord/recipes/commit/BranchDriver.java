package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.FencedException;
import dev.coord.recipes.commit.Registry.Enrolled;
import dev.coord.recipes.internal.Async;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One branch of a transaction that is driven here: one call after the other, the last one again until it succeeds. Everything runs in
 * the context of its {@link Host}.
 */
final class BranchDriver {

    /** Whose branch it is. */
    interface Host {
        Env env();

        /** Runs a task in the context. */
        void run(Runnable task);

        /** The token of the calls to come. */
        Branch branch(Share share);

        void voted(BranchDriver from, @Nullable Vote vote, @Nullable Throwable failure);

        /** Told that nothing is left to be done here. */
        void settled();

        /** Told that somebody with a greater token was here. */
        void fenced();

        /** Records what the participant has done alone; {@link BranchDriver#settle()} has to follow. */
        void alone(BranchDriver from, HeuristicException what);

        boolean isOver();
    }

    private final Host host;
    private final Share share;
    private final Enrolled to;
    private boolean preparing;
    private boolean given;
    private volatile boolean done;
    private volatile @Nullable Boolean wanted;
    private volatile @Nullable String trouble;
    private int failures;

    BranchDriver(Host host, Share share) {
        this.host = host;
        this.share = share;
        this.to = host.env().registry().get(share.participant());
    }

    Share share() {
        return share;
    }

    String participant() {
        return share.participant();
    }

    boolean isLast() {
        return share.last();
    }

    boolean isDone() {
        return done;
    }

    boolean isPreparing() {
        return preparing;
    }

    @Nullable
    String trouble() {
        return trouble;
    }

    /** Asks for the vote. */
    void prepare() {
        preparing = true;
        Branch branch = host.branch(share);
        Participant participant = requireNonNull(to.participant());
        call(to.gate().ask(() -> wanted == null ? participant.prepare(branch) : cancelled()), (vote, failure) -> {
            preparing = false;
            done = vote != null && vote.kind() != Vote.Kind.PREPARED;
            boolean isLate = wanted != null; // else the vote may lead to the decision, and that tells it
            host.voted(this, vote, failure);
            if (done) {
                host.settled();
            } else if (isLate) {
                tell();
            }
        });
    }

    private static <T> CompletableFuture<T> cancelled() {
        return CompletableFuture.failedFuture(new CancellationException("given up before it was asked"));
    }

    /** Asks the last resource to commit. */
    void commitOnePhase(BiConsumer<@Nullable Boolean, @Nullable Throwable> next) {
        Branch branch = host.branch(share);
        given = true;
        call(to.gate().ask(() -> requireNonNull(to.last()).commitOnePhase(branch)), next);
    }

    /** Finds out whether the last resource has committed. */
    void find(BiConsumer<@Nullable Boolean, @Nullable Throwable> next) {
        Branch branch = host.branch(share);
        given = true;
        call(to.gate().tell(() -> requireNonNull(to.last()).settle(branch)), next);
    }

    /** Tells the decision, as soon as the vote is there. */
    void end(boolean commit) {
        wanted = commit;
        if (share.last() && commit) {
            done = true; // by its commit it was decided
        }
        if (!done && !preparing) {
            tell();
        }
    }

    private void tell() {
        Branch branch = host.branch(share);
        boolean commit = requireNonNull(wanted);
        call(to.gate().tell(() -> telling(commit).apply(branch)), (told, failure) -> told(failure));
    }

    private Function<Branch, CompletableFuture<Void>> telling(boolean commit) {
        if (share.last()) {
            return requireNonNull(to.last())::abort;
        }
        Participant participant = requireNonNull(to.participant());
        return commit ? participant::commit : participant::abort;
    }

    private void told(@Nullable Throwable failure) {
        if (failure == null) {
            settle();
        } else if (failure instanceof HeuristicException alone) {
            host.alone(this, alone);
        } else if (failure instanceof FencedException) {
            host.fenced();
        } else {
            trouble = failure.toString();
            Env env = host.env();
            env.tell(listener -> listener.onRetry(host.branch(share).transaction(), share.participant(), failure));
            env.later(Env.backoff(failures++), () -> host.run(this::again));
        }
    }

    private void again() {
        if (!done && !host.isOver()) {
            tell();
        }
    }

    /** Has the participant forget what it has decided alone, which is recorded by now. */
    void forget() {
        Participant participant = to.participant();
        if (participant != null) {
            Branch branch = host.branch(share);
            Async.whenDone(to.gate().tell(() -> participant.forget(branch)), (forgotten, failure) -> {});
        }
    }

    /** Nothing is left to be done here. */
    void settle() {
        if (!done) {
            done = true;
            trouble = null;
            host.settled();
        }
    }

    /** Has what is open here let go, where others take care of the rest: of an abort that another coordinator leads. */
    void letGo() {
        if (!done && !preparing && !given && wanted == null) {
            Branch branch = host.branch(share);
            Async.whenDone(to.gate().tell(() -> telling(false).apply(branch)), (told, failure) -> {});
        }
    }

    private <T> void call(CompletableFuture<T> call, BiConsumer<@Nullable T, @Nullable Throwable> next) {
        Async.whenDone(
                call,
                (result, failure) -> host.run(() -> {
                    if (!host.isOver()) {
                        next.accept(result, failure);
                    }
                }));
    }
}
