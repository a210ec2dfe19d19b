package dev.coord.recipes.sync;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Guard.Relation;
import dev.coord.kv.Guard.Target;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Attempt;
import dev.coord.recipes.internal.KeyWait;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One member's entering of a {@link DoubleBarrier}, until all are in or it gives up.
 *
 * <p>A member is a key that lives as long as its session. The last to come writes the key of the round as well, by a
 * transaction that counts; while that key is there, nobody else enters. It tells those who wait: any key of a member that was
 * there when the round's was written belongs to the round.
 */
final class Entering extends Attempt<Optional<BarrierMember>> {
    private final MemberKeys keys;
    private final int members;
    private final String own;
    private final String round;

    private boolean sent;
    private boolean withdrawing;
    private long token;
    private @Nullable Throwable trouble;
    private @Nullable CompletableFuture<Boolean> waiting;

    Entering(Coord coord, MemberKeys keys, int members) {
        super(coord);
        this.keys = keys;
        this.members = members;
        this.own = keys.newMember(coord);
        this.round = Leaving.round(keys);
    }

    @Override
    protected void begin() {
        enterAs(members == 1);
    }

    private void enterAs(boolean last) {
        sent = true;
        // Safe to repeat: the key, once written, stays until it is deleted here or with the session.
        step(() -> entering(last), true, result -> {
            trouble = null;
            if (withdrawing) {
                return;
            }
            if (result.succeeded()) {
                token = result.revision();
                if (last) {
                    enteredIn(token);
                } else {
                    awaitRound();
                }
            } else {
                notEntered(result);
            }
        });
    }

    private CompletableFuture<TxnResult> entering(boolean last) {
        Op put = Op.put(own, Value.EMPTY).withLease(coord().session().id());
        Guard places = last
                ? Guard.compare(keys.members(), Target.COUNT, Relation.GREATER, members - 2L)
                : Guard.compare(keys.members(), Target.COUNT, Relation.LESS, members - 1L);
        return coord().kv()
                .txn()
                .when(Guard.absent(own), Guard.absent(round), places)
                .then(last ? new Op[] {put, Op.put(round, Value.EMPTY)} : new Op[] {put})
                .otherwise(
                        Op.get(own),
                        Op.get(round),
                        Op.range(RangeQuery.of(keys.members()).countedOnly()))
                .commitAsync();
    }

    private void notEntered(TxnResult result) {
        Entry mine = entry(result, 0);
        Entry running = entry(result, 1);
        if (mine != null) {
            token = mine.createRevision(); // an earlier attempt was applied after all
            awaitRound();
        } else if (running != null) {
            awaitEndOf(running.createRevision());
        } else {
            long count = ((OpResult.Range) result.results().get(2)).result().count();
            enterAs(count >= members - 1);
        }
    }

    private static @Nullable Entry entry(TxnResult result, int step) {
        return ((OpResult.Get) result.results().get(step)).found();
    }

    /** Waits for the end of a round that has no place left. */
    private void awaitEndOf(long running) {
        CompletableFuture<Void> departed = CompletableFuture.completedFuture(null);
        waitFor(() -> new Leaving(coord(), keys, departed, running).start(null), () -> enterAs(members == 1));
    }

    private void awaitRound() {
        waitFor(
                () -> KeyWait.until(coord(), round, found -> found.isPresent() && isMine(found.get()), null),
                this::checkEntered);
    }

    private boolean isMine(Entry running) {
        return running.createRevision() >= token;
    }

    private void waitFor(Supplier<CompletableFuture<Boolean>> event, Runnable next) {
        step(() -> awaiting(event.get()), true, happened -> {
            waiting = null;
            if (!withdrawing) {
                next.run();
            }
        });
    }

    private CompletableFuture<Boolean> awaiting(CompletableFuture<Boolean> event) {
        waiting = event;
        return event;
    }

    /** This replica has seen the round begin: it is this member's if its key was not deleted. */
    private void checkEntered() {
        RangeQuery query = RangeQuery.of(keys.all()).withoutValues();
        step(() -> coord().kv().rangeAsync(query, Consistency.sequential()), true, state -> {
            boolean present = state.entries().stream().anyMatch(entry -> entry.createRevision() == token);
            Optional<Entry> running = state.entries().stream()
                    .filter(entry -> entry.key().equals(round))
                    .findFirst();
            if (present && running.isPresent()) {
                enteredIn(running.get().createRevision());
            } else {
                fail(new FencedException("the member " + own + " was deleted by someone else"));
            }
        });
    }

    private void enteredIn(long roundNumber) {
        finish(Optional.of(new BarrierMember(coord(), keys, own, token, roundNumber)));
    }

    @Override
    protected void failing(Throwable failure) {
        trouble = failure;
        if (withdrawing) {
            unreachable();
        }
    }

    private void unreachable() {
        Throwable cause = trouble;
        String message = "no answer from the store in time at " + keys.path() + "; the member is not in";
        fail(cause == null ? new UnavailableException(message) : new UnavailableException(message, cause));
    }

    @Override
    protected void timedOut() {
        withdrawing = true;
        if (token == 0 && trouble != null) {
            unreachable();
            return;
        }
        // Behind what was sent, in the session's order: if the round has begun then, this member is in.
        step(
                () -> coord().kv()
                        .txn()
                        .when(Guard.absent(round))
                        .then(Op.delete(own))
                        .otherwise(Op.get(own), Op.get(round))
                        .commitAsync(),
                true,
                this::withdrawn);
    }

    private void withdrawn(TxnResult result) {
        Entry mine = result.succeeded() ? null : entry(result, 0);
        Entry running = result.succeeded() ? null : entry(result, 1);
        if (mine != null && running != null) {
            token = mine.createRevision();
            enteredIn(running.createRevision());
        } else {
            sent = false;
            stopWaiting();
            finish(Optional.empty());
        }
    }

    @Override
    protected void undo() {
        if (sent) {
            CompletableFuture<Void> ignored = Leaving.depart(coord(), keys, own);
        }
    }

    @Override
    protected void unwanted(Optional<BarrierMember> value) {
        value.ifPresent(BarrierMember::abandon);
    }

    @Override
    protected void stop() {
        stopWaiting();
    }

    private void stopWaiting() {
        CompletableFuture<Boolean> event = waiting;
        if (event != null) {
            event.cancel(false);
        }
    }
}
