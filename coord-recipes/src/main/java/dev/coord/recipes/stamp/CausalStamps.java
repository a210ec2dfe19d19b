package dev.coord.recipes.stamp;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.causality.Dot;
import dev.coord.recipes.causality.DottedVersionVector;
import dev.coord.recipes.causality.VersionVector;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One writer's reads and writes, by which it can be told whether a write could have known of another. Revisions cannot tell: they put
 * all writes in one order, also those whose writers knew nothing of each other. Safe for use by any thread.
 *
 * <p><b>How.</b> This remembers what it has read and written, as a version vector of writers (Parker et al. 1983), and writes with each
 * value, in the same transaction, a stamp: which write of this writer it is, and the vector as it was (a dotted version vector,
 * Preguiça et al. 2010). The stamp is under a key of its own, the prefix before the value's key, and counts only if both have the same
 * modification revision. So <b>others</b> who read, watch and guard the value's key need to know nothing of it; what they write
 * without a stamp is told apart and compares with nothing, and what they read does not count here.
 *
 * <p><b>A writer</b> is a name that one process has at a time, such as the peer's id. Whoever opens it after another goes on where that
 * one's last write was, as if it had read it, and from then on writes of the former fail with {@link FencedException}. What the
 * former had read and not written after is forgotten with it. All threads that use this are one writer: what one has read, the others
 * know.
 *
 * <p><b>Costs.</b> A write is one transaction of two keys for each value and one for the writer; a read is that of the value,
 * linearizable, and one of the stamp in local memory. A stamp has up to 76 bytes for each writer that was ever heard of, of which
 * there may be {@value #MAX_WRITERS}; none can be forgotten, as old writes would look concurrent. To delete a value, delete
 * {@link #stampKey} with it; that a key was deleted has no stamp.
 */
public final class CausalStamps {
    /** How many writers one prefix may have. */
    public static final int MAX_WRITERS = 64;

    private static final String WRITERS = "/~writers/";
    private static final String OWNERS = "/~owners/";

    /** Before keys that are no others' with the prefix alone, or could be one of these. */
    private static final String KEYS = "/~keys/";

    private final Coord coord;
    private final String prefix;
    private final String writer;

    /** Holds while nobody has opened the writer after this. */
    private final Guard mine;

    private final SerialContext context;

    /** What was read and written; written in the context. Of what may have failed it tells nothing. */
    private volatile VersionVector known;

    /** The number of the last write that was begun; of the context. */
    private long issued;

    private CausalStamps(Coord coord, String prefix, String writer, long claim, VersionVector known) {
        this.coord = coord;
        this.prefix = prefix;
        this.writer = writer;
        this.mine = Guard.modRevisionIs(prefix + OWNERS + writer, claim);
        this.known = known;
        // None of its tasks throws; if one does, it is told as other errors of callbacks are.
        this.context = new SerialContext(e -> Async.callBack(coord, () -> {
            throw e;
        }));
    }

    /**
     * Takes over a writer. A linearizable read and a write.
     *
     * @param coord the handle to read and write through
     * @param prefix begins the keys of the stamps, such as {@code /stamps}
     * @param writer its name: 1 to 64 ASCII letters, digits, '.', '_' or '-', a letter or digit first
     * @return its reads and writes
     * @throws InterruptedException if interrupted while waiting; it may have been taken over
     * @throws IllegalArgumentException if the name is not as above
     * @throws LimitExceededException if there are {@value #MAX_WRITERS} others
     * @throws CoordException as reads and writes do
     */
    public static CausalStamps open(Coord coord, String prefix, String writer) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, openAsync(coord, prefix, writer));
    }

    /**
     * Takes over a writer, without waiting.
     *
     * @param coord the handle to read and write through
     * @param prefix begins the keys of the stamps
     * @param writer its name
     * @return its reads and writes; fails as {@link #open} does
     * @throws IllegalArgumentException if the name is not as there
     */
    public static CompletableFuture<CausalStamps> openAsync(Coord coord, String prefix, String writer) {
        if (!prefix.startsWith("/") || prefix.endsWith("/") || prefix.contains("//")) {
            throw new IllegalArgumentException(
                    "the prefix '" + prefix + "': it must begin with '/', not end with it, and have no empty part");
        }
        // A dot takes the names that a stamp does.
        String name = new Dot(writer, 1).replica();
        String owner = prefix + OWNERS + name;
        RangeQuery owners = RangeQuery.of(KeyRange.prefix(prefix + OWNERS));
        return Async.then(() -> coord.kv().rangeAsync(owners, Consistency.linearizable()), found -> {
            checkRoom(prefix, owner, found);
            String who = "session " + coord.session().id();
            Txn claim = coord.kv().txn().then(Op.put(owner, who), Op.get(prefix + WRITERS + name));
            return Async.map(
                    claim::commitAsync,
                    result -> new CausalStamps(coord, prefix, name, result.revision(), lastKnown(result)));
        });
    }

    private static void checkRoom(String prefix, String owner, RangeResult owners) {
        boolean isNew = owners.entries().stream().noneMatch(entry -> entry.key().equals(owner));
        if (isNew && owners.count() >= MAX_WRITERS) {
            throw new LimitExceededException(MAX_WRITERS + " writers of " + prefix
                    + " already: open one of their names, when its process has ended, or take another prefix");
        }
    }

    private static VersionVector lastKnown(TxnResult claim) {
        Entry last = ((OpResult.Get) claim.results().get(1)).found();
        return last == null ? VersionVector.empty() : with(VersionVector.empty(), stampOf(last));
    }

    private static DottedVersionVector stampOf(Entry entry) {
        return DottedVersionVector.fromBytes(entry.value().toByteArray());
    }

    /** Each of a writer's writes knows all before it; a number that is left out was never written. */
    private static VersionVector with(VersionVector known, DottedVersionVector stamp) {
        Dot dot = stamp.dot();
        return known.merge(stamp.past()).merge(VersionVector.of(Map.of(dot.replica(), dot.counter())));
    }

    /**
     * Returns the key of a value's stamp.
     *
     * @param key the value's key
     * @return the prefix and the key; between them is {@code /~keys/} if the key does not begin with '/' or begins with
     *     {@code /~}. This may be deleted with the value
     */
    public String stampKey(String key) {
        boolean apart = !key.startsWith("/") || key.startsWith("/~");
        return apart ? prefix + KEYS + key : prefix + key;
    }

    /**
     * Returns what this writer knows at the moment, to be sent with a message to another.
     *
     * @return up to which write of each writer it has read or written, or has heard of by what it has read; of its own those
     *     count that have succeeded
     */
    public VersionVector context() {
        return known;
    }

    /**
     * Learns what came with a message from another writer: what is written here from now on is after all it knew.
     *
     * @param other what its {@link #context()} was
     */
    public void learn(VersionVector other) {
        requireNonNull(other, "other");
        context.run(() -> known = known.merge(other));
    }

    /**
     * Reads a value and its stamp, and remembers it as read.
     *
     * @param key the value's key
     * @return the entry as of the read, linearizable; empty if it is absent, of which nothing is remembered
     * @throws InterruptedException if interrupted while waiting
     * @throws CoordException as reads do
     */
    public Optional<StampedEntry> get(String key) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, getAsync(key));
    }

    /**
     * Reads a value and its stamp, without waiting.
     *
     * @param key the value's key
     * @return the entry; when it completes it is remembered as read
     */
    public CompletableFuture<Optional<StampedEntry>> getAsync(String key) {
        RangeQuery only = RangeQuery.of(KeyRange.key(key));
        return Async.then(
                () -> coord.kv().rangeAsync(only, Consistency.linearizable()),
                found -> found.entries().isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : withStamp(found.entries().get(0), found.revision()));
    }

    /** Both are read as of one revision; what was not written together does not belong together. */
    private CompletableFuture<Optional<StampedEntry>> withStamp(Entry entry, long revision) {
        Consistency together = Consistency.at(revision);
        return Async.then(() -> coord.kv().getAsync(stampKey(entry.key()), together), stamp -> {
            Optional<DottedVersionVector> own = stamp.filter(each -> each.modRevision() == entry.modRevision())
                    .map(CausalStamps::stampOf);
            return remember(new StampedEntry(entry, own));
        });
    }

    private CompletableFuture<Optional<StampedEntry>> remember(StampedEntry read) {
        CompletableFuture<Optional<StampedEntry>> remembered = new CompletableFuture<>();
        context.run(() -> {
            read.stamp().ifPresent(stamp -> known = with(known, stamp));
            Async.callBack(coord, () -> remembered.complete(Optional.of(read)));
        });
        return remembered;
    }

    /**
     * Writes a value with a stamp.
     *
     * @param key the value's key
     * @param value the value
     * @return the revision of the write
     * @throws InterruptedException if interrupted while waiting; it may have been written
     * @throws FencedException if another process has opened this writer
     * @throws CoordException as writes do
     */
    public long put(String key, Value value) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, putAsync(key, value));
    }

    /**
     * Writes a value with a stamp, without waiting.
     *
     * @param key the value's key
     * @param value the value
     * @return the revision of the write; fails as {@link #put} does
     */
    public CompletableFuture<Long> putAsync(String key, Value value) {
        return Async.map(() -> putAllAsync(Map.of(key, value)), OptionalLong::orElseThrow);
    }

    /**
     * Writes values with one stamp, in one transaction, if some guards hold. Writes take effect in the order of the calls.
     *
     * @param values by key; at most 63, as each takes two steps
     * @param guards the conditions; the keys of values may be guarded as without stamps
     * @return the revision of the write, empty if a guard did not hold; fails with {@link FencedException} if another process has
     *     opened this writer, with {@link IllegalArgumentException} if a bound of {@link Txn} is passed, and as writes do
     */
    public CompletableFuture<OptionalLong> putAllAsync(Map<String, Value> values, Guard... guards) {
        Map<String, Value> copy = Map.copyOf(values);
        Guard[] conditions = guards.clone();
        CompletableFuture<TxnResult> written = new CompletableFuture<>();
        // In the context, so that stamps are written in their order: the last one is where the next process goes on.
        context.run(() -> {
            DottedVersionVector stamp = nextStamp();
            Async.run(
                    () -> commit(copy, conditions, Value.of(stamp.toBytes())),
                    (result, failure) -> context.run(() -> pass(stamp, result, failure, written)));
        });
        return Async.map(() -> written, this::outcome);
    }

    /** Knows also what was begun and may be under way: that is written before this, or never. */
    private DottedVersionVector nextStamp() {
        issued = Math.max(issued, known.get(writer));
        VersionVector past = issued == 0 ? known : known.merge(VersionVector.of(Map.of(writer, issued)));
        return new DottedVersionVector(new Dot(writer, ++issued), past);
    }

    private CompletableFuture<TxnResult> commit(Map<String, Value> values, Guard[] guards, Value stamp) {
        Txn txn = coord.kv().txn().when(mine).when(guards).then(Op.put(prefix + WRITERS + writer, stamp));
        values.forEach((key, value) -> txn.then(Op.put(key, value), Op.put(stampKey(key), stamp)));
        return txn.otherwise(Op.get(prefix + OWNERS + writer)).commitAsync();
    }

    /** What was not written must not be told: the next process of this writer may write another in its place. */
    private void pass(
            DottedVersionVector stamp,
            @Nullable TxnResult result,
            @Nullable Throwable failure,
            CompletableFuture<TxnResult> written) {
        if (result != null && result.succeeded()) {
            known = with(known, stamp);
        }
        Async.callBack(coord, () -> {
            if (failure == null) {
                written.complete(requireNonNull(result));
            } else {
                written.completeExceptionally(failure);
            }
        });
    }

    private OptionalLong outcome(TxnResult result) {
        if (result.succeeded()) {
            return OptionalLong.of(result.revision());
        }
        Entry owner = ((OpResult.Get) result.results().get(0)).found();
        if (owner == null || owner.modRevision() != mine.number()) {
            throw new FencedException("the writer " + writer + " of " + prefix + " was opened by another process"
                    + (owner == null ? "" : ", " + owner.text()) + ": open it again if this one is to write");
        }
        return OptionalLong.empty();
    }

    @Override
    public String toString() {
        return "CausalStamps(" + prefix + " of " + writer + ")";
    }
}
