package dev.coord.recipes.commit;

import java.util.concurrent.CompletableFuture;

/** A last resource whose calls go through a hook. */
public final class InterceptedLastResource implements OnePhaseParticipant {
    private final OnePhaseParticipant resource;
    private final StepHook hook;

    /** Creates it. */
    public InterceptedLastResource(OnePhaseParticipant resource, StepHook hook) {
        this.resource = resource;
        this.hook = hook;
    }

    @Override
    public CompletableFuture<Boolean> commitOnePhase(Branch branch) {
        return hook.around(CommitStep.COMMIT_ONE_PHASE, () -> resource.commitOnePhase(branch));
    }

    @Override
    public CompletableFuture<Boolean> settle(Branch branch) {
        return hook.around(CommitStep.SETTLE, () -> resource.settle(branch));
    }

    @Override
    public CompletableFuture<Void> abort(Branch branch) {
        return hook.around(CommitStep.ABORT, () -> resource.abort(branch));
    }
}
