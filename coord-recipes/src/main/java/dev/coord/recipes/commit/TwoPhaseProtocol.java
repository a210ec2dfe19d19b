package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import java.time.Duration;
import java.util.List;

/** Two-phase commits that are taken over: what is undecided is aborted, unless a last resource may have decided it. */
record TwoPhaseProtocol(Env env) implements Protocol {

    @Override
    public int kind() {
        return CommitRecord.KIND;
    }

    @Override
    public Duration patience(Value record) {
        return CommitRecord.decode(record).timeout().multipliedBy(2);
    }

    @Override
    public List<String> participants(Value record) {
        return CommitRecord.decode(record).shares().stream()
                .map(Share::participant)
                .toList();
    }

    @Override
    public boolean canDrive(Value record) {
        return env.registry().canDrive(CommitRecord.decode(record));
    }

    @Override
    public Value takenOver(Value record) {
        CommitRecord now = CommitRecord.decode(record);
        boolean undecided = now.phase() == TransactionStatus.PREPARING
                && now.shares().stream().noneMatch(Share::last);
        return undecided ? now.in(TransactionStatus.ABORTING).encode() : record;
    }

    @Override
    public Driver resume(Hold hold, Value record) {
        return new TwoPhaseCommit(env, hold.id(), CommitRecord.decode(record), hold);
    }
}
