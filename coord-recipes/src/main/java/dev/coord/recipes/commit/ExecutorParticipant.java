package dev.coord.recipes.commit;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A blocking participant on threads of its own. */
record ExecutorParticipant(BlockingParticipant participant, Executor executor) implements Participant {

    @Override
    public CompletableFuture<Vote> prepare(Branch branch) {
        return Blocking.call(executor, () -> participant.prepare(branch));
    }

    @Override
    public CompletableFuture<Void> commit(Branch branch) {
        return Blocking.call(executor, () -> {
            participant.commit(branch);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> abort(Branch branch) {
        return Blocking.call(executor, () -> {
            participant.abort(branch);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> forget(Branch branch) {
        return Blocking.call(executor, () -> {
            participant.forget(branch);
            return null;
        });
    }

    @Override
    public CompletableFuture<Set<String>> recover() {
        return Blocking.call(executor, participant::recover);
    }
}
