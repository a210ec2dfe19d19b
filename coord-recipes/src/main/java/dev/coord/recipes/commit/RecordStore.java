package dev.coord.recipes.commit;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The steps that change or read a transaction's record. Each is one atomic step of the store, guarded by the owner's key: of two
 * coordinators that drive the same transaction the one that took it over first has no effect any more.
 */
final class RecordStore {
    private final Coord coord;
    private final CommitKeys keys;
    private final Epochs epochs;

    /** Tells this coordinator from others, of the same session too. */
    private final Value self;

    RecordStore(Coord coord, CommitKeys keys, Epochs epochs) {
        this.self = Value.of(coord.session().id() + "-" + coord.session().nextNumber());
        this.coord = coord;
        this.keys = keys;
        this.epochs = epochs;
    }

    /** Tells whether an owner's key is this coordinator's. */
    boolean isOwn(Value owner) {
        return self.equals(owner);
    }

    /** Writes a new record, owned. Fails; if the failure is of unknown outcome, the record may come to be. */
    CompletableFuture<Hold> create(String id, Value record) {
        return Async.then(
                epochs.begun(id),
                ready -> Async.map(
                        creating(id, record).commitAsync(),
                        result -> new Hold(id, result.revision(), result.revision())));
    }

    private Txn creating(String id, Value record) {
        // No guard: nobody else ever writes this key as long as its owner's session lives.
        return coord.kv().txn().then(Op.put(keys.record(id), record), owning(id));
    }

    private Op owning(String id) {
        return Op.put(keys.owner(id), self).withLease(coord.session().id());
    }

    /** Takes a record out that was perhaps written, before anybody has been asked to do anything. */
    Txn withdrawal(String id) {
        return coord.kv()
                .txn()
                .when(Guard.valueIs(keys.owner(id), self))
                .then(Op.delete(keys.record(id)), Op.delete(keys.owner(id)));
    }

    /** Rewrites the record. Empty if somebody else owns it now, or has rewritten it. */
    CompletableFuture<Optional<Hold>> advance(Hold hold, Value record) {
        String id = hold.id();
        Txn txn = coord.kv()
                .txn()
                .when(
                        Guard.modRevisionIs(keys.owner(id), hold.token()),
                        Guard.modRevisionIs(keys.record(id), hold.recordRevision()))
                .then(Op.put(keys.record(id), record));
        return Async.map(txn.commitAsync(), result -> held(result, id, hold.token()));
    }

    /** Takes a record over, if it is still as it was seen, and rewrites it. Empty if it is not. */
    CompletableFuture<Optional<Hold>> take(String id, long owner, long recordRevision, Value record) {
        Txn txn = unchanged(id, owner, recordRevision).then(Op.put(keys.record(id), record), owning(id));
        return Async.map(txn.commitAsync(), result -> held(result, id, result.revision()));
    }

    /** Rewrites a record that nobody owns, without taking it over. */
    CompletableFuture<TxnResult> rewrite(String id, long recordRevision, Value record) {
        return unchanged(id, 0, recordRevision)
                .then(Op.put(keys.record(id), record))
                .commitAsync();
    }

    private Txn unchanged(String id, long owner, long recordRevision) {
        return coord.kv()
                .txn()
                .when(Guard.modRevisionIs(keys.owner(id), owner), Guard.modRevisionIs(keys.record(id), recordRevision));
    }

    private static Optional<Hold> held(TxnResult result, String id, long token) {
        return result.succeeded() ? Optional.of(new Hold(id, token, result.revision())) : Optional.empty();
    }

    /** Takes the record out; what was committed leaves an outcome. Empty if somebody else owns it now. */
    CompletableFuture<Optional<Long>> end(Hold hold, boolean committed) {
        String id = hold.id();
        Txn txn = coord.kv().txn().when(Guard.modRevisionIs(keys.owner(id), hold.token()));
        if (!committed) {
            return ended(txn.then(Op.delete(keys.record(id)), Op.delete(keys.owner(id))));
        }
        return Async.then(
                epochs.leaseFor(id),
                lease -> ended(txn.then(
                        Op.delete(keys.record(id)),
                        Op.delete(keys.owner(id)),
                        Op.put(keys.outcome(id), Value.EMPTY).withLease(lease))));
    }

    private static CompletableFuture<Optional<Long>> ended(Txn txn) {
        return Async.map(
                txn.commitAsync(), result -> result.succeeded() ? Optional.of(result.revision()) : Optional.empty());
    }

    /** Gives a record up without ending it, for others to take over at once. */
    Txn release(Hold hold) {
        String owner = keys.owner(hold.id());
        return coord.kv().txn().when(Guard.modRevisionIs(owner, hold.token())).then(Op.delete(owner));
    }

    /** Looks, linearizably. Does not need the session. */
    CompletableFuture<Sight> look(String id) {
        return Async.then(read(keys.record(id), Consistency.linearizable()), record -> {
            Consistency then = Consistency.atLeast(record.revision());
            Optional<Entry> found = first(record);
            return found.isPresent() ? sightOf(found.get(), then) : ended(id, then);
        });
    }

    private CompletableFuture<Sight> sightOf(Entry record, Consistency then) {
        return Async.map(
                read(keys.owner(keys.idOf(record.key())), then),
                owner -> new Sight(
                        Phases.read(record.value()),
                        record.value(),
                        record.modRevision(),
                        first(owner).map(Entry::modRevision).orElse(0L),
                        owner.revision()));
    }

    private CompletableFuture<Sight> ended(String id, Consistency then) {
        return Async.then(
                read(keys.outcome(id), then),
                outcome -> first(outcome).isPresent()
                        ? CompletableFuture.completedFuture(sight(TransactionStatus.COMMITTED, outcome))
                        : Async.map(
                                read(keys.epochOf(id), then),
                                epoch -> sight(
                                        first(epoch).isPresent()
                                                ? TransactionStatus.ABORTED
                                                : TransactionStatus.FORGOTTEN,
                                        epoch)));
    }

    private static Sight sight(TransactionStatus status, RangeResult found) {
        return new Sight(status, null, 0, 0, found.revision());
    }

    private CompletableFuture<RangeResult> read(String key, Consistency consistency) {
        return coord.kv().rangeAsync(RangeQuery.of(KeyRange.key(key)), consistency);
    }

    private static Optional<Entry> first(RangeResult result) {
        return result.entries().stream().findFirst();
    }
}
