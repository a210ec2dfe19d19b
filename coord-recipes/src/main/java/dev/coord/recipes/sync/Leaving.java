package dev.coord.recipes.sync;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Guard.Relation;
import dev.coord.kv.Guard.Target;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Attempt;
import dev.coord.recipes.internal.Removal;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Waits until all members of a round are gone. Each waits for one that is left, then looks for another; the round's key
 * does not tell, as nobody deletes it if the last members die. Whoever finds nobody left deletes it.
 */
final class Leaving extends Attempt<Boolean> {
    private final MemberKeys keys;
    private final CompletableFuture<Void> departed;
    private final long round;
    private @Nullable Throwable trouble;
    private boolean looked;
    private @Nullable Watch watch;

    Leaving(Coord coord, MemberKeys keys, CompletableFuture<Void> departed, long round) {
        super(coord);
        this.keys = keys;
        this.departed = departed;
        this.round = round;
    }

    /** Deletes a member's key, and the round's with the last one, trying until it is done. */
    static CompletableFuture<Void> depart(Coord coord, MemberKeys keys, String key) {
        return Removal.start(
                coord,
                () -> coord.kv()
                        .txn()
                        .when(Guard.exists(key), Guard.compare(keys.members(), Target.COUNT, Relation.EQUAL, 1))
                        .then(Op.delete(key), Op.delete(round(keys)))
                        .otherwise(Op.delete(key)));
    }

    static String round(MemberKeys keys) {
        return keys.named("round");
    }

    @Override
    protected void begin() {
        Async.whenDone(departed, (done, failure) -> enter(this::look));
    }

    private void look() {
        RangeQuery query = RangeQuery.of(keys.all()).withoutValues();
        step(() -> coord().kv().rangeAsync(query, Consistency.linearizable()), true, this::decide);
    }

    private void decide(RangeResult state) {
        trouble = null;
        looked = true;
        Optional<Entry> left = state.entries().stream()
                .filter(entry -> keys.members().contains(entry.key()) && entry.createRevision() <= round)
                .findAny();
        if (left.isPresent()) {
            WatchSpec spec = WatchSpec.of(KeyRange.key(left.get().key())).from(state.revision() + 1);
            watch = coord().watch(spec.deletesOnly().resyncing(), new MemberListener());
        } else if (state.entries().stream()
                .anyMatch(entry -> entry.key().equals(round(keys)) && entry.createRevision() <= round)) {
            clean();
        } else {
            finish(true);
        }
    }

    private void clean() {
        step(
                () -> coord().kv()
                        .txn()
                        .when(
                                Guard.compare(
                                        KeyRange.key(round(keys)), Target.CREATE_REVISION, Relation.LESS, round + 1),
                                Guard.absent(keys.members()))
                        .then(Op.delete(round(keys)))
                        .commitAsync(),
                true,
                answered -> finish(true));
    }

    private void gone() {
        stop();
        look();
    }

    @Override
    protected void failing(Throwable failure) {
        trouble = failure;
    }

    @Override
    protected void timedOut() {
        Throwable cause = trouble;
        if (looked && cause == null) {
            finish(false);
        } else {
            String message = "no answer from the store in time at " + keys.path() + "; the member leaves later";
            fail(cause == null ? new UnavailableException(message) : new UnavailableException(message, cause));
        }
    }

    @Override
    protected void undo() {
        // The member is leaving, whoever waits for it.
    }

    @Override
    protected void unwanted(Boolean value) {
        // Nothing is held.
    }

    @Override
    protected void stop() {
        Watch running = watch;
        watch = null;
        if (running != null) {
            running.close();
        }
    }

    private final class MemberListener implements WatchListener {

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            enter(Leaving.this::gone);
        }

        @Override
        public void onResync(RangeResult state) {
            enter(Leaving.this::gone);
        }

        @Override
        public void onEnd(CoordException cause) {
            enter(() -> fail(cause));
        }
    }
}
