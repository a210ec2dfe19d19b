package dev.coord.recipes.commit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A blocking participant that commits in one phase, on threads of its own. */
record ExecutorOnePhaseParticipant(BlockingOnePhaseParticipant participant, Executor executor)
        implements OnePhaseParticipant {

    @Override
    public CompletableFuture<Boolean> commitOnePhase(Branch branch) {
        return Blocking.call(executor, () -> participant.commitOnePhase(branch));
    }

    @Override
    public CompletableFuture<Boolean> settle(Branch branch) {
        return Blocking.call(executor, () -> participant.settle(branch));
    }

    @Override
    public CompletableFuture<Void> abort(Branch branch) {
        return Blocking.call(executor, () -> {
            participant.abort(branch);
            return null;
        });
    }
}
