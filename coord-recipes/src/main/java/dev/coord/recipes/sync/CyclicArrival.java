package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.UnavailableException;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Guard.Relation;
import dev.coord.kv.Guard.Target;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Attempt;
import dev.coord.recipes.internal.Removal;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One party's arrival at a {@link CyclicBarrier}, until it passes or does not.
 *
 * <p>Who waits has a key that lives as long as its session, and all write the key of the generation. The last to arrive has
 * no key: it deletes all of these at once, and so a party passes if its key and the generation's are deleted by one
 * transaction. If its own alone is, the barrier was broken; if only another's is, that party died, and whoever sees it
 * breaks the barrier. Deletions are all that a party watches, and their order in the log is the same for all.
 */
final class CyclicArrival extends Attempt<OptionalInt> {
    private final MemberKeys keys;
    private final int parties;
    private final String own;

    private boolean late;
    private boolean sent;
    private int present;
    private long generationVersion;
    private @Nullable Throwable trouble;
    private @Nullable Watch watch;

    CyclicArrival(Coord coord, MemberKeys keys, int parties) {
        super(coord);
        this.keys = keys;
        this.parties = parties;
        this.own = keys.newMember(coord);
    }

    static String generation(MemberKeys keys) {
        return keys.named("generation");
    }

    static String broken(MemberKeys keys) {
        return keys.named("broken");
    }

    @Override
    protected void begin() {
        if (parties == 1) {
            trip();
        } else {
            arrive();
        }
    }

    private void arrive() {
        sent = true;
        step(() -> arriving().commitAsync(), false, result -> {
            trouble = null;
            if (result.succeeded()) {
                arrived(result);
            } else if (!isBroken(result)) {
                trip();
            }
        });
    }

    private Txn arriving() {
        RangeQuery count = RangeQuery.of(keys.members()).countedOnly();
        String generation = generation(keys);
        return coord().kv()
                .txn()
                .when(
                        Guard.absent(broken(keys)),
                        Guard.compare(keys.members(), Target.COUNT, Relation.LESS, parties - 1))
                .then(
                        Op.put(own, Value.EMPTY).withLease(coord().session().id()),
                        Op.put(generation, Value.EMPTY),
                        Op.get(generation),
                        Op.range(count))
                .otherwise(Op.get(broken(keys)));
    }

    private boolean isBroken(TxnResult result) {
        Entry broken = ((OpResult.Get) result.results().get(0)).found();
        if (broken != null) {
            fail(new BrokenBarrierException("barrier " + keys.path() + " is broken: " + broken.text() + "; reset it"));
        }
        return broken != null;
    }

    private void arrived(TxnResult result) {
        generationVersion =
                requireNonNull(((OpResult.Get) result.results().get(2)).found()).version();
        present = (int) ((OpResult.Range) result.results().get(3)).result().count();
        WatchSpec spec = WatchSpec.of(keys.all()).from(result.revision() + 1).deletesOnly();
        watch = coord().watch(spec.resyncing(), new PartiesListener());
        if (late) {
            breakBarrier("a party's patience ended");
        }
    }

    /** Lets all pass, as the last party. */
    private void trip() {
        step(
                () -> coord().kv()
                        .txn()
                        .when(
                                Guard.absent(broken(keys)),
                                Guard.compare(keys.members(), Target.COUNT, Relation.GREATER, parties - 2L))
                        .then(Op.delete(keys.members()), Op.delete(generation(keys)))
                        .otherwise(Op.get(broken(keys)))
                        .commitAsync(),
                false,
                result -> {
                    trouble = null;
                    if (result.succeeded()) {
                        finish(OptionalInt.of(0));
                    } else if (!isBroken(result)) {
                        arrive();
                    }
                });
    }

    private void breakBarrier(String why) {
        step(() -> breaking(why).commitAsync(), true, answered -> {}); // the watch tells who was first
    }

    private Txn breaking(String why) {
        return coord().kv().txn().when(Guard.exists(own)).then(Op.delete(keys.members()), Op.put(broken(keys), why));
    }

    @Override
    protected void timedOut() {
        late = true;
        if (watch != null) {
            breakBarrier("a party's patience ended");
        } else if (trouble != null) {
            failing(trouble);
        }
        // Else the answer on its way decides.
    }

    @Override
    protected void failing(Throwable failure) {
        trouble = failure;
        if (late) {
            fail(
                    failure instanceof CoordException error
                            ? error
                            : new UnavailableException("no answer from the store at " + keys.path(), failure));
        }
    }

    @Override
    protected void undo() {
        if (sent) {
            CompletableFuture<Void> ignored = Removal.start(coord(), () -> breaking("a party gave up"));
        }
    }

    @Override
    protected void unwanted(OptionalInt value) {
        // Passed, together with the others: there is nothing to give back.
    }

    @Override
    protected void stop() {
        Watch running = watch;
        if (running != null) {
            running.close();
        }
    }

    private void deleted(List<String> gone) {
        if (gone.contains(own)) {
            ownDeleted(gone.contains(generation(keys)));
        } else if (gone.stream().anyMatch(keys.members()::contains)) {
            breakBarrier("the session of a party ended");
        }
    }

    private void ownDeleted(boolean passed) {
        sent = false;
        if (passed) {
            finish(OptionalInt.of(parties - present));
        } else if (late) {
            finish(OptionalInt.empty());
        } else {
            fail(new BrokenBarrierException("barrier " + keys.path() + " was broken or reset while waiting"));
        }
    }

    /** The history is lost; but the generation counts the arrivals. */
    private void resync(RangeResult state) {
        long count = 0;
        long arrivals = present;
        boolean waiting = false;
        KeyRange members = keys.members();
        for (Entry entry : state.entries()) {
            waiting |= entry.key().equals(own);
            count += members.contains(entry.key()) ? 1 : 0;
            if (entry.key().equals(generation(keys))) {
                arrivals += entry.version() - generationVersion;
            }
        }
        if (!waiting) {
            ownDeleted(false);
        } else if (count < arrivals) {
            breakBarrier("the session of a party ended");
        }
    }

    private final class PartiesListener implements WatchListener {

        @Override
        public void onChange(long revision, List<WatchEvent> events) {
            List<String> gone = events.stream().map(WatchEvent::key).toList();
            enter(() -> deleted(gone));
        }

        @Override
        public void onResync(RangeResult state) {
            enter(() -> resync(state));
        }

        @Override
        public void onEnd(CoordException cause) {
            enter(() -> fail(cause));
        }
    }
}
