package dev.coord.recipes.commit;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A participant whose calls go through a hook: either as the coordinator makes them or as the participant takes them. */
public final class InterceptedParticipant implements Participant {
    private final Participant participant;
    private final StepHook hook;
    private final CommitStep prepare;
    private final CommitStep commit;
    private final CommitStep abort;

    private InterceptedParticipant(
            Participant participant, StepHook hook, CommitStep prepare, CommitStep commit, CommitStep abort) {
        this.participant = participant;
        this.hook = hook;
        this.prepare = prepare;
        this.commit = commit;
        this.abort = abort;
    }

    /** Stands where a coordinator calls: its steps are {@code CALL_PREPARE} and so on. */
    public static Participant called(Participant participant, StepHook hook) {
        return new InterceptedParticipant(
                participant, hook, CommitStep.CALL_PREPARE, CommitStep.CALL_COMMIT, CommitStep.CALL_ABORT);
    }

    /** Stands where the participant is: its steps are {@code PREPARE} and so on. */
    public static Participant served(Participant participant, StepHook hook) {
        return new InterceptedParticipant(participant, hook, CommitStep.PREPARE, CommitStep.COMMIT, CommitStep.ABORT);
    }

    @Override
    public CompletableFuture<Vote> prepare(Branch branch) {
        return hook.around(prepare, () -> participant.prepare(branch));
    }

    @Override
    public CompletableFuture<Void> commit(Branch branch) {
        return hook.around(commit, () -> participant.commit(branch));
    }

    @Override
    public CompletableFuture<Void> abort(Branch branch) {
        return hook.around(abort, () -> participant.abort(branch));
    }

    @Override
    public CompletableFuture<Void> forget(Branch branch) {
        return hook.around(CommitStep.RECOVER, () -> participant.forget(branch));
    }

    @Override
    public CompletableFuture<Set<String>> recover() {
        return hook.around(CommitStep.RECOVER, participant::recover);
    }
}
