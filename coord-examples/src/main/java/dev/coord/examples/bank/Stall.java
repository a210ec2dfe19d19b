package dev.coord.examples.bank;

import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.Participant;
import dev.coord.recipes.commit.Vote;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** A participant whose coordinator can be brought to a stop at a moment of its protocol, to be killed there. */
final class Stall implements Participant {
    private final Participant participant;
    private final AtomicReference<Moment> next;
    private final CompletableFuture<String> reached = new CompletableFuture<>();

    /** Where a coordinator stops. */
    enum Moment {
        NEVER,
        /** All have prepared, and nothing is decided. */
        UNDECIDED,
        /** It is decided to commit, and this participant was not told. */
        UNTOLD
    }

    Stall(Participant participant) {
        this.participant = participant;
        this.next = new AtomicReference<>(Moment.NEVER);
    }

    /** Has the next transaction stop there; completes with its id when it has. */
    CompletableFuture<String> at(Moment moment) {
        next.set(moment);
        return reached;
    }

    private <T> CompletableFuture<T> stop(Branch branch) {
        reached.complete(branch.transaction());
        return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Vote> prepare(Branch branch) {
        CompletableFuture<Vote> vote = participant.prepare(branch);
        return next.get() == Moment.UNDECIDED ? vote.thenCompose(yes -> stop(branch)) : vote;
    }

    @Override
    public CompletableFuture<Void> commit(Branch branch) {
        return next.get() == Moment.UNTOLD ? stop(branch) : participant.commit(branch);
    }

    @Override
    public CompletableFuture<Void> abort(Branch branch) {
        return participant.abort(branch);
    }

    @Override
    public CompletableFuture<Set<String>> recover() {
        return participant.recover();
    }
}
