package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Failures;
import dev.coord.recipes.internal.KeyWait;
import dev.coord.recipes.internal.Removal;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Drives one two-phase commit: the record, the votes, the decision, and the telling of it.
 *
 * <p>To abort needs no decision in the store: only whoever owns the record could commit it, so once the owner will not, nobody does
 * (presumed abort). It is written down all the same, for those in doubt, but nobody waits for that.
 */
final class TwoPhaseCommit implements Driver, BranchDriver.Host {

    /** How far it is. */
    private enum Stage {
        /** The record is being written, or rewritten for whom it did not know. */
        CREATING,
        /** It was taken over, and goes on with what its record says. */
        RESUMING,
        /** The application is at work. */
        WORKING,
        VOTING,
        /** The last resource decides. */
        ENTRUSTED,
        DECIDING,
        TELLING,
        OVER
    }

    private final Env env;
    private final String id;
    private final SerialContext context = new SerialContext(this::broken);
    private final Reply reply;

    // Touched in the context only.
    private CommitRecord record;
    private volatile Branches branches;
    private volatile Stage stage;

    /** Whom to ask, once commit was called. */
    private @Nullable List<Share> asked;

    private @Nullable Hold hold;
    private @Nullable Boolean committed;
    private boolean resolved;

    /** Whether there may be a record whose hold is not known yet. */
    private boolean creating;

    private int failures;
    private @Nullable Timer deadline;

    /** Begins a transaction, to be committed later; or goes on with one, if there is a hold on its record. */
    TwoPhaseCommit(Env env, String id, CommitRecord record, @Nullable Hold hold) {
        this.env = env;
        this.id = id;
        this.hold = hold;
        this.reply = new Reply(env.coord().ticker(), id);
        this.record = record;
        this.branches = new Branches(this, record);
        this.stage = hold == null ? Stage.CREATING : Stage.RESUMING;
    }

    /** Completes as the commit does, in the context: nothing of the application's may depend on it. */
    CompletableFuture<Void> result() {
        return reply.future();
    }

    // ---- beginning

    @Override
    public void start() {
        context.run(() -> {
            if (stage == Stage.OVER) {
                return; // closed before it began
            }
            if (hold != null) {
                resume();
                return;
            }
            creating = true;
            limit();
            create();
        });
    }

    /** Counts the time anew: what the application takes for its work is not taken from the participants. */
    private void limit() {
        cancelDeadline();
        deadline = env.later(record.timeout(), () -> context.run(this::timedOut));
    }

    private void cancelDeadline() {
        Timer timer = deadline;
        if (timer != null) {
            timer.cancel();
        }
    }

    private void create() {
        Async.run(
                () -> env.store().create(id, record.encode()),
                (created, failure) -> context.run(() -> created(created, failure)));
    }

    private void resume() {
        switch (record.phase()) {
            case COMMITTING -> tell(true);
            case ABORTING -> tell(false);
            default -> find();
        }
    }

    /** Asks these participants for their votes, once the record knows them. */
    void commit(List<Share> participants) {
        context.run(() -> {
            if (isBeforeVotes()) {
                asked = participants;
                reply.begin();
                limit();
                if (stage == Stage.WORKING) {
                    ask(participants);
                }
            } else {
                letGo(participants);
            }
        });
    }

    /** Has these undo what was done after it had ended already: some were unknown then, or had not begun. */
    private void letGo(List<Share> participants) {
        new Branches(this, record.of(participants)).letGo();
    }

    /** Has these participants undo what was done, before anybody was asked to prepare it. */
    void giveUp(List<Share> participants) {
        context.run(() -> {
            if (isBeforeVotes()) {
                know(participants);
                cancelDeadline(); // nobody waits who would have to be told that it is late
                abort("it was given up", null);
            } else {
                letGo(participants);
            }
        });
    }

    private void know(List<Share> participants) {
        if (!participants.equals(record.shares())) {
            record = record.of(participants);
            branches = new Branches(this, record);
        }
    }

    /** Nobody can have decided to commit, nor will whoever takes it over. */
    private boolean isUndecidable() {
        return isBeforeVotes() || stage == Stage.VOTING;
    }

    /** Tells whether more participants may be enlisted; then they are told what becomes of it. */
    boolean isBeforeVotes() {
        return stage == Stage.CREATING || stage == Stage.WORKING;
    }

    private void created(@Nullable Hold created, @Nullable Throwable failure) {
        if (created == null) {
            notCreated(requireNonNull(failure));
        } else if (stage == Stage.OVER) {
            withdraw();
        } else {
            creating = false;
            hold = created;
            if (stage == Stage.CREATING) {
                stage = Stage.WORKING;
                List<Share> participants = asked;
                if (participants != null) {
                    ask(participants);
                }
            } else {
                takeOutIfResolved(); // given up meanwhile
            }
        }
    }

    private void notCreated(Throwable failure) {
        boolean perhaps = !Failures.isSurelyWithoutEffect(failure);
        if (stage == Stage.CREATING && asked == null && !perhaps && KeyWait.isPassing(failure)) {
            env.later(Env.backoff(failures++), () -> context.run(this::createAgain)); // the application is at work
            return;
        }
        creating = false;
        if (perhaps) {
            withdraw();
        }
        if (stage == Stage.CREATING) {
            abort("its record could not be written", failure);
        } else {
            takeOutIfResolved();
        }
    }

    private void createAgain() {
        if (stage == Stage.CREATING) {
            create();
        } else {
            creating = false;
            takeOutIfResolved();
        }
    }

    private void takeOutIfResolved() {
        if (resolved && stage == Stage.TELLING) {
            takeOut();
        }
    }

    private void ask(List<Share> participants) {
        if (participants.equals(record.shares())) {
            vote();
        } else {
            know(participants);
            stage = Stage.CREATING;
            rewrite(record, this::vote);
        }
    }

    private void vote() {
        stage = Stage.VOTING;
        branches.prepare();
        countVotes();
    }

    /** Rewrites the record before anything is decided, and goes on unless something else has come between. */
    private void rewrite(CommitRecord next, Runnable then) {
        Stage now = stage;
        Hold owned = requireNonNull(hold);
        Async.run(
                () -> env.store().advance(owned, next.encode()),
                (held, failure) -> context.run(() -> {
                    if (stage == now) {
                        rewritten(held == null ? Optional.empty() : held, failure, then);
                    }
                }));
    }

    private void rewritten(Optional<Hold> held, @Nullable Throwable failure, Runnable then) {
        if (held.isPresent()) {
            hold = held.get();
            then.run();
        } else {
            abort("its record could not be rewritten", failure);
        }
    }

    private void withdraw() {
        CompletableFuture<Void> ignored =
                Removal.start(env.coord(), () -> env.store().withdrawal(id));
    }

    private void timedOut() {
        if (isUndecidable()) {
            abort(lateness(), null);
        }
        // From now on it is told what is known: the decision, or that it is not known.
        deadline = env.later(record.timeout(), () -> context.run(() -> reply.tell(committed)));
    }

    private String lateness() {
        if (asked == null) {
            return "not handed over to commit within " + record.timeout() + " of its beginning";
        }
        List<String> missing = branches.preparing();
        return "not prepared within " + record.timeout() + ": "
                + (missing.isEmpty() ? "no answer from the store" : missing);
    }

    // ---- voting

    @Override
    public void voted(BranchDriver from, @Nullable Vote vote, @Nullable Throwable failure) {
        if (stage != Stage.VOTING) {
            return;
        }
        if (vote == null) {
            abort(
                    from.participant() + " could not prepare: " + (failure == null ? "its vote was null" : failure),
                    failure);
        } else if (vote.kind() == Vote.Kind.REFUSED) {
            abort(from.participant() + " refused: " + vote.reason(), null);
        } else {
            countVotes();
        }
    }

    private void countVotes() {
        if (branches.arePreparing()) {
            return;
        }
        if (branches.last() == null) {
            decide();
        } else if (branches.haveReaders()) {
            leaveOutReaders();
        } else {
            entrust();
        }
    }

    /** Whoever takes over cannot know who has only read, if the last resource has decided by then. */
    private void leaveOutReaders() {
        stage = Stage.ENTRUSTED;
        rewrite(record.of(branches.toBeTold()), this::entrust);
    }

    private void entrust() {
        stage = Stage.ENTRUSTED;
        requireNonNull(branches.last()).commitOnePhase(this::lastAnswered);
    }

    private void lastAnswered(@Nullable Boolean done, @Nullable Throwable failure) {
        BranchDriver resource = requireNonNull(branches.last());
        if (stage != Stage.ENTRUSTED) {
            return;
        }
        if (done == null && failure instanceof HeuristicException alone) {
            switch (alone.kind()) {
                case COMMITTED -> lastAnswered(true, null);
                case ABORTED -> lastAnswered(false, null);
                default -> alone(resource, alone);
            }
        } else if (done == null) {
            env.later(Env.backoff(failures++), () -> context.run(this::find));
        } else if (done) {
            resource.end(true);
            decide();
        } else {
            abort(resource.participant() + " has not committed", null);
        }
    }

    private void find() {
        if (stage == Stage.RESUMING || stage == Stage.ENTRUSTED) {
            stage = Stage.ENTRUSTED;
            requireNonNull(branches.last()).find(this::lastAnswered);
        }
    }

    // ---- deciding

    private void decide() {
        boolean isEntrusted = branches.last() != null;
        if (isEntrusted && branches.areDone()) {
            tell(true); // nobody else waits for it, and whoever takes over hears the same from the last resource
            return;
        }
        stage = Stage.DECIDING;
        CommitRecord committing = record.of(branches.toBeTold()).in(TransactionStatus.COMMITTING);
        CompletableFuture<Decision.Verdict> verdict = Decision.commit(
                env, requireNonNull(hold), committing.encode(), isEntrusted, this::isLate, this::isOver);
        Async.whenDone(verdict, (decided, failure) -> context.run(() -> decided(decided)));
    }

    private boolean isLate() {
        return reply.isLate(record.timeout());
    }

    private void decided(Decision.@Nullable Verdict verdict) {
        if (stage != Stage.DECIDING) {
            return;
        }
        if (verdict == null) {
            over(0);
            return;
        }
        hold = verdict.hold();
        switch (verdict.kind()) {
            case OURS -> tell(true);
            case UNSENT -> abort("the decision could not be written", null);
            case FORGOTTEN -> over(0);
            case COMMITTED -> decidedElsewhere(true);
            case ABORTED -> decidedElsewhere(false);
        }
    }

    private void decidedElsewhere(boolean commit) {
        committed = commit;
        reply.because("another coordinator took it over before it was decided", null);
        over(0);
    }

    private void abort(String reason, @Nullable Throwable cause) {
        reply.because(reason, cause);
        Hold owned = hold;
        if (owned != null && stage != Stage.WORKING) { // else nobody can be in doubt
            Async.run(
                    () -> env.store()
                            .advance(
                                    owned, record.in(TransactionStatus.ABORTING).encode()),
                    (written, failure) -> {});
        }
        tell(false);
    }

    // ---- telling

    private void tell(boolean commit) {
        stage = Stage.TELLING;
        committed = commit;
        Duration took = asked == null ? Duration.ZERO : reply.sinceBegun();
        env.tell(listener -> listener.onDecided(id, commit, took));
        branches.end(commit);
        settled();
    }

    @Override
    public void settled() {
        if (stage == Stage.TELLING && branches.areDone() && !resolved) {
            resolved = true;
            boolean commit = requireNonNull(committed);
            env.tell(listener -> listener.onResolved(id, commit));
            reply.tell(committed);
            takeOut();
        }
    }

    private void takeOut() {
        if (hold == null) {
            if (!creating) {
                over(0);
            }
        } else if (branches.last() != null) {
            writeEnd(); // at once: its record may not say yet what the last resource has decided
        } else {
            env.ends().add(() -> context.run(this::writeEnd));
        }
    }

    private void writeEnd() {
        if (stage == Stage.OVER) {
            return; // closed or taken over meanwhile
        }
        Hold owned = requireNonNull(hold);
        boolean commit = requireNonNull(committed);
        Async.whenDone(
                Insistence.on(env, this::isOver, () -> env.store().end(owned, commit)),
                (end, failure) -> context.run(() -> over(end == null ? 0 : end.orElse(0L))));
    }

    @Override
    public void alone(BranchDriver from, HeuristicException what) {
        // Of a last resource that nobody can ask, the others are aborted: see OnePhaseParticipant.
        boolean commit = committed != null && committed;
        HeuristicOutcome outcome =
                new HeuristicOutcome(id, from.participant(), what.kind(), commit, Heuristics.brief(what));
        Async.whenDone(
                Insistence.on(env, this::isOver, () -> env.heuristics().record(outcome, hold)),
                (ours, failure) -> context.run(() -> recorded(from, what, outcome, ours)));
    }

    private void recorded(
            BranchDriver from, HeuristicException what, HeuristicOutcome outcome, @Nullable Boolean ours) {
        if (stage == Stage.OVER) {
            return;
        }
        if (ours == null) {
            over(0); // the session has ended: whoever takes over hears the same from the participant
            return;
        }
        if (!ours) {
            fenced();
            return;
        }
        reply.add(outcome);
        env.tell(listener -> listener.onHeuristic(outcome));
        from.forget();
        from.settle();
        if (stage == Stage.ENTRUSTED) {
            abort(from.participant() + " cannot tell whether it has committed", what);
        }
    }

    // ---- the end

    @Override
    public void ownerIs(long token) {
        context.run(() -> {
            if (hold != null && token > hold.token()) {
                fenced();
            }
        });
    }

    @Override
    public void fenced() {
        if (isUndecidable()) {
            decidedElsewhere(false); // nobody commits what was not decided when it was taken over
        } else if (stage == Stage.TELLING) {
            over(0);
        } else if (stage == Stage.ENTRUSTED) {
            follow();
        }
        // Else the decision finds out itself.
    }

    /** Waits for what whoever has taken over finds out of the last resource. */
    private void follow() {
        Async.whenDone(
                Insistence.on(env, this::isOver, () -> env.store().look(id)),
                (sight, failure) -> context.run(() -> followed(sight)));
    }

    private void followed(@Nullable Sight sight) {
        if (stage != Stage.ENTRUSTED || sight == null) {
            return;
        }
        switch (sight.status()) {
            case PREPARING -> env.later(Env.backoff(failures++), this::follow);
            case COMMITTING, COMMITTED -> decidedElsewhere(true);
            case ABORTING, ABORTED -> decidedElsewhere(false);
            default -> over(0);
        }
    }

    @Override
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> released = new CompletableFuture<>();
        context.run(() -> {
            Hold owned = hold;
            boolean ended = stage == Stage.OVER || owned == null;
            if (isUndecidable()) {
                committed = false;
                reply.because("the coordinator was closed", null);
            }
            over(0);
            CompletableFuture<Void> release = ended
                    ? CompletableFuture.completedFuture(null)
                    : Removal.start(env.coord(), () -> env.store().release(requireNonNull(owned)));
            Async.whenDone(release, (done, failure) -> released.complete(null));
        });
        return released;
    }

    private void over(long revision) {
        if (stage != Stage.OVER) {
            stage = Stage.OVER;
            cancelDeadline();
            if (committed != null && !committed) {
                branches.letGo();
            }
            reply.tell(committed);
            env.drivers().ended(this, revision);
        }
    }

    private void broken(RuntimeException bug) {
        reply.because("a defect of the coordinator or a participant", bug);
        over(0); // the record stays, for another coordinator
    }

    @Override
    public void sessionEnded() {
        context.run(() -> {
            if (isUndecidable()) {
                committed = false; // nobody commits what was not decided
                reply.because("the coordinator's session has ended", null);
                over(0);
            }
        });
    }

    @Override
    public boolean isUndecided() {
        return stage != Stage.TELLING && stage != Stage.OVER;
    }

    @Override
    public boolean isOver() {
        return stage == Stage.OVER;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Env env() {
        return env;
    }

    @Override
    public void run(Runnable task) {
        context.run(task);
    }

    @Override
    public Branch branch(Share share) {
        Hold owned = hold;
        return share.branch(id, owned == null ? 0 : owned.token());
    }

    @Override
    public List<String> pending() {
        return branches.pending();
    }

    @Override
    public @Nullable String trouble() {
        return branches.trouble();
    }
}
