package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.Registry.Enrolled;
import dev.coord.recipes.internal.Async;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A transaction that an application is working on. What it has enlisted is immutable, and gone once it is handed over. */
final class OpenTransaction implements GlobalTransaction {
    private static final int MOST_BYTES = Value.MAX_BYTES / 2;

    private final Coord coord;
    private final Registry registry;
    private final int mostWaiting;
    private final String id;
    private final Desk desk;
    private final AtomicReference<@Nullable Map<String, Value>> enlisted = new AtomicReference<>(Map.of());
    private final CompletableFuture<Void> aborted = new CompletableFuture<>();

    /** Has had the record written ahead, if the participants were known when it began. */
    private volatile @Nullable TwoPhaseCommit ahead;

    /** What the coordinator does for it. */
    interface Desk {
        /** Why nothing can be committed now, if so. */
        @Nullable
        CoordException refusal();

        /** Registers who drives the transaction from now on. */
        TwoPhaseCommit driver(String id, List<Share> shares);
    }

    OpenTransaction(Coord coord, Registry registry, int mostWaiting, String id, Desk desk) {
        this.coord = coord;
        this.registry = registry;
        this.mostWaiting = mostWaiting;
        this.id = id;
        this.desk = desk;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Branch enlist(String participant, Value payload) {
        int waiting =
                registry.get(requireNonNull(participant, "participant")).gate().waiting();
        if (waiting >= mostWaiting) {
            throw new LimitExceededException("participant " + participant + " does not answer: " + waiting
                    + " calls wait for it already; try later");
        }
        requireNonNull(payload, "payload");
        enlisted.updateAndGet(before -> with(open(before), participant, payload));
        TwoPhaseCommit driver = ahead;
        if (driver != null && !driver.isBeforeVotes()) {
            throw new IllegalStateException("global transaction " + id + " was aborted: commit() tells why");
        }
        return new Branch(id, participant, 0, payload);
    }

    private Map<String, Value> with(Map<String, Value> before, String participant, Value payload) {
        Map<String, Value> after = new LinkedHashMap<>(before);
        after.put(participant, payload);
        if (after.size() > CommitCoordinator.MAX_PARTICIPANTS) {
            throw new LimitExceededException("more than " + CommitCoordinator.MAX_PARTICIPANTS
                    + " participants in global transaction " + id + "; divide the work");
        }
        if (after.values().stream().mapToLong(Value::size).sum() > MOST_BYTES) {
            throw new LimitExceededException("payloads of more than " + MOST_BYTES + " bytes in global transaction "
                    + id + "; give the participants references instead");
        }
        List<String> last = after.keySet().stream()
                .filter(name -> registry.get(name).isLastOnly())
                .toList();
        if (last.size() > 1) {
            throw new IllegalArgumentException("of " + last + " none can prepare, and only one may commit last");
        }
        return after;
    }

    private Map<String, Value> open(@Nullable Map<String, Value> now) {
        if (now == null) {
            throw new IllegalStateException("global transaction " + id + " was committed or given up before");
        }
        return now;
    }

    @Override
    public void commit() throws InterruptedException {
        Async.refuseIfInterrupted();
        Async.await(coord, startCommit());
    }

    @Override
    public CompletableFuture<Void> commitAsync() {
        return Async.calledBack(coord, startCommit());
    }

    /** Returns what completes in the driver's context; to cancel it has no effect on the transaction. */
    private CompletableFuture<Void> startCommit() {
        Map<String, Value> now = open(enlisted.get());
        if (now.isEmpty()) {
            throw new IllegalStateException(
                    "nothing to commit: no participant is enlisted in global transaction " + id);
        }
        return commit(shares(open(enlisted.getAndSet(null))));
    }

    private CompletableFuture<Void> commit(List<Share> shares) {
        TwoPhaseCommit driver = ahead;
        if (driver == null) {
            CoordException refusal = desk.refusal();
            driver = desk.driver(id, shares);
            if (refusal != null) {
                driver.giveUp(shares);
                return CompletableFuture.failedFuture(refusal);
            }
            driver.start();
        }
        driver.commit(shares);
        return Async.done(driver.result());
    }

    /** Has the record of who is enlisted written while the application works. */
    void writeAhead() {
        TwoPhaseCommit driver = desk.driver(id, shares(open(enlisted.get())));
        ahead = driver;
        driver.start();
    }

    @Override
    public CompletableFuture<Void> abort() {
        Map<String, Value> now = enlisted.getAndSet(null);
        if (now != null) {
            List<Share> shares = shares(now);
            TwoPhaseCommit driver = ahead != null ? ahead : desk.driver(id, shares);
            driver.giveUp(shares);
            Async.whenDone(driver.result(), (done, failure) -> Async.callBack(coord, () -> aborted.complete(null)));
        }
        return aborted;
    }

    /** Who takes part: alone, in one phase if it can; else at most one that can do no other. */
    private List<Share> shares(Map<String, Value> now) {
        List<Share> shares = new ArrayList<>();
        now.forEach((name, payload) -> {
            Enrolled enrolled = registry.get(name);
            boolean last = enrolled.isLastOnly() || (now.size() == 1 && enrolled.last() != null);
            shares.add(new Share(name, last, payload));
        });
        return shares;
    }

    @Override
    public void close() {
        CompletableFuture<Void> ignored = abort();
    }

    @Override
    public String toString() {
        return "GlobalTransaction(" + id + ")";
    }
}
