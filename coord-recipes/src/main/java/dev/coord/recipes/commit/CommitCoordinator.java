package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.LimitExceededException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Teller;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Commits work at several participants, at all of them or at none: two-phase commit whose coordinator cannot be lost. Safe for use by
 * any thread.
 *
 * <p><b>What it promises.</b> No two participants of a global transaction are told different outcomes, whatever dies, pauses or is cut
 * off, as long as each keeps its own promise. The decision is one compare-and-set of a record in the replicated store, guarded by the
 * coordinator's session; a participant is told only what the store has decided. When a coordinator dies, one of the others of the same
 * path takes the transaction over within the session's time to live and the time to elect a Raft leader: it aborts what was
 * undecided, and tells the participants what was decided. So nobody stays in doubt for longer, which is what classical two-phase
 * commit is known for. A store that has lost its majority decides nothing: participants that have prepared then wait, and keep their
 * locks.
 *
 * <p><b>What it does not.</b> It is not isolation: others may see the changes of one participant before those of another. And it
 * cannot help against a participant that decides alone: such <em>heuristic</em> outcomes are recorded and listed.
 *
 * <p><b>How to use it.</b> One coordinator in each process, with the same path and the same participants; each takes over for the
 * others. It lives as long as its {@link Coord}'s session: when that expires, its transactions are taken over by the others, and it
 * begins no more; start another with a new handle.
 *
 * <p><b>Costs.</b> Three log entries for each transaction: the record, which is written while the application works if it
 * {@linkplain #begin(String...) begins with its participants}, the decision, and its end, which nobody waits for
 * and which is written with those of the same 20 milliseconds. Entries of transactions that commit at the same time share the log's writes. Participants are asked at the same time. A transaction
 * with one participant that can commit in one phase takes two entries. There is one watch for
 * each coordinator, and two more entries for each {@link CommitCoordinatorBuilder#retention retention}.
 *
 * <p>The protocol is presumed abort (Mohan, Lindsay and Obermarck, ACM TODS 11(4), 1986), with the log entries of its coordinator
 * replaced by steps of a replicated store; compare Gray and Lamport, <i>Consensus on Transaction Commit</i>, ACM TODS 31(1), 2006.
 */
public final class CommitCoordinator implements AutoCloseable {
    /** The greatest number of participants in one transaction. */
    public static final int MAX_PARTICIPANTS = 64;

    private static final Duration MOST_TO_CLOSE = Duration.ofSeconds(10);

    private final Coord coord;
    private final CommitKeys keys;
    private final Duration timeout;
    private final int maxTransactions;
    private final Epochs epochs;
    private final Env env;
    private final SagaProtocol sagas;
    private final Recovery recovery;
    private final OpenTransaction.Desk desk = new Desk();
    private final AtomicReference<@Nullable CompletableFuture<Void>> closing = new AtomicReference<>();

    private CommitCoordinator(CommitCoordinatorBuilder builder) {
        coord = builder.coord;
        keys = builder.keys;
        timeout = builder.timeout;
        maxTransactions = builder.maxTransactions;
        epochs = new Epochs(coord, keys, builder.retention);
        List<CommitListener> listeners = List.copyOf(builder.listeners);
        List<Teller> tellers = listeners.stream()
                .map(listener -> new Teller(coord.callbacks()))
                .toList();
        env = new Env(
                coord,
                new RecordStore(coord, keys, epochs),
                builder.registry,
                new Drivers(),
                new Ends(coord),
                new Heuristics(coord, keys),
                news -> {
                    for (int i = 0; i < listeners.size(); i++) {
                        CommitListener listener = listeners.get(i);
                        tellers.get(i).tell(() -> news.accept(listener));
                    }
                });
        Protocol twoPhase = new TwoPhaseProtocol(env);
        sagas = new SagaProtocol(env, Map.copyOf(builder.sagas));
        recovery =
                new Recovery(env, keys, Map.of(twoPhase.kind(), twoPhase, sagas.kind(), sagas), builder.scanInterval);
    }

    static CommitCoordinator start(CommitCoordinatorBuilder builder) {
        CommitCoordinator coordinator = new CommitCoordinator(builder);
        coordinator.recovery.start();
        return coordinator;
    }

    /**
     * Describes a coordinator.
     *
     * @param coord the handle whose session it lives by
     * @param path where its transactions are recorded, such as {@code /commit/bank}; all coordinators of a path take over for each
     *     other
     * @return a builder; start the coordinator with it
     * @throws IllegalArgumentException if the path is no proper key, ends with {@code /}, or has a part that begins with {@code ~}
     */
    public static CommitCoordinatorBuilder on(Coord coord, String path) {
        return new CommitCoordinatorBuilder(coord, path);
    }

    /**
     * Begins a global transaction. Local; does not wait.
     *
     * @return the transaction, without participants
     * @throws ClosedException if this was closed
     * @throws SessionExpiredException if the session has ended
     */
    public GlobalTransaction begin() {
        checkUsable();
        return open();
    }

    /**
     * Begins a global transaction whose participants are known, and has its record written while the application works: by the time of
     * {@link GlobalTransaction#commit()} that is mostly done, and commit waits for one log entry less. Does not wait. Others may be
     * enlisted later, and payloads changed, but then commit writes the record again, which costs what was gained: whoever knows the
     * payloads too gives them to {@link #begin(Map)}.
     *
     * <p>Name those only that certainly get work to do: each of them is asked to prepare, and one that has nothing to prepare mostly
     * refuses.
     *
     * <p>What is not handed over to commit within the {@linkplain CommitCoordinatorBuilder#timeout timeout} is aborted, and so is what is
     * under way when the coordinator is closed or its session ends; commit fails with {@link TransactionAbortedException} then, and no
     * more can be enlisted. One that is given up costs two log entries, and counts as under way until it ends.
     *
     * @param participants their names at the coordinator; with none this is {@link #begin()}
     * @return the transaction, with these participants enlisted
     * @throws IllegalArgumentException if the coordinator knows no such participant, or more than one of them is a last resource
     * @throws LimitExceededException if too many transactions are under way here, there are too many participants, or one does not
     *     answer and too many calls wait for it
     * @throws ClosedException if this was closed
     * @throws SessionExpiredException if the session has ended
     */
    public GlobalTransaction begin(String... participants) {
        Map<String, Value> payloads = new LinkedHashMap<>();
        for (String participant : participants) {
            payloads.put(participant, Value.EMPTY);
        }
        return begin(payloads);
    }

    /**
     * Begins a global transaction as {@link #begin(String...)} does, whose participants' payloads are known too.
     *
     * @param payloads what each participant is told, by its name, enlisted in the map's order
     * @return the transaction, with these participants enlisted
     * @throws IllegalArgumentException if the coordinator knows no such participant, or more than one of them is a last resource
     * @throws LimitExceededException as for {@link #begin(String...)}, or if the payloads are too large for a record
     * @throws ClosedException if this was closed
     * @throws SessionExpiredException if the session has ended
     */
    public GlobalTransaction begin(Map<String, Value> payloads) {
        if (payloads.isEmpty()) {
            return begin();
        }
        CoordException refusal = refusal();
        if (refusal != null) {
            throw refusal;
        }
        OpenTransaction transaction = open();
        payloads.forEach(transaction::enlist);
        transaction.writeAhead();
        return transaction;
    }

    private OpenTransaction open() {
        return new OpenTransaction(coord, env.registry(), maxTransactions, epochs.nextId(), desk);
    }

    /**
     * Starts a saga: its steps are called one after the other, here or, if this coordinator dies, by another of the path that knows the
     * definition. Does not wait; the id is known before anything has happened.
     *
     * <p><b>Costs.</b> A log entry for the record, one between any two steps, and one for its end.
     *
     * @param saga the name of a {@linkplain CommitCoordinatorBuilder#saga definition}
     * @param input what all steps are told
     * @return tells the id and the result
     * @throws IllegalArgumentException if no such saga is registered here
     * @throws LimitExceededException if the input has more than {@value SagaDefinition#MAX_BYTES} bytes, or too many transactions are
     *     under way here
     * @throws ClosedException if this was closed
     * @throws SessionExpiredException if the session has ended
     */
    public SagaRun startSaga(String saga, Value input) {
        requireNonNull(saga, "saga");
        requireNonNull(input, "input");
        CoordException refusal = refusal();
        if (refusal != null) {
            throw refusal;
        }
        return sagas.start(epochs.nextId(), saga, input);
    }

    private void checkUsable() {
        if (closing.get() != null) {
            throw new ClosedException(Outcome.NOT_APPLIED, "the coordinator of " + keys.path() + " is closed");
        }
        if (!env.hasSession()) {
            throw new SessionExpiredException(
                    Outcome.NOT_APPLIED,
                    "session " + coord.session().id() + " has ended; open a new one and start a new coordinator");
        }
    }

    private @Nullable CoordException refusal() {
        try {
            checkUsable();
        } catch (CoordException e) {
            return e;
        }
        return env.drivers().undecided() < maxTransactions
                ? null
                : new LimitExceededException(
                        "more than " + maxTransactions + " global transactions undecided here; try it later");
    }

    /**
     * Tells how far a transaction is, by a linearizable read. Waits for the store; does not need the session.
     *
     * @param transaction its id, of this path
     * @return the status; it may have moved on when it arrives
     * @throws InterruptedException if interrupted while waiting
     * @throws IllegalArgumentException if it is no id of this path
     * @throws dev.coord.UnavailableException if the store cannot be reached
     */
    public TransactionStatus status(String transaction) throws InterruptedException {
        return Async.await(coord, statusAsync(transaction));
    }

    /**
     * Tells how far a transaction is, without waiting.
     *
     * @param transaction its id, of this path
     * @return the status; fails as {@link #status} does
     * @throws IllegalArgumentException if it is no id of this path
     */
    public CompletableFuture<TransactionStatus> statusAsync(String transaction) {
        return Async.map(env.store().look(checkId(transaction)), Sight::status);
    }

    private String checkId(String transaction) {
        if (!keys.isOurs(requireNonNull(transaction, "transaction"))) {
            throw new IllegalArgumentException("'" + transaction + "' is no id of a global transaction at "
                    + keys.path() + "; take what GlobalTransaction.id() returned there");
        }
        return transaction;
    }

    /**
     * Lists the transactions that have not ended, whoever drives them: those under way, those whose coordinator has died, and those of
     * which some participant cannot be told. One of which all have been told is listed for some 20 ms more. Local; costs as much as there are.
     *
     * @return what this peer's replica has, ordered by id; without records that only a later version of Coord can read
     */
    public List<TransactionSummary> backlog() {
        return recovery.seen().entrySet().stream()
                .flatMap(entry -> summary(entry.getKey(), entry.getValue()).stream())
                .sorted(Comparator.comparing(TransactionSummary::id))
                .toList();
    }

    private Optional<TransactionSummary> summary(String id, Seen seen) {
        Value record = seen.record();
        Protocol protocol = record == null ? null : recovery.protocolOf(record);
        if (record == null || protocol == null) {
            return Optional.empty();
        }
        Driver driver = env.drivers().get(id);
        return Optional.of(new TransactionSummary(
                id,
                Phases.read(record),
                driver != null,
                driver != null ? driver.pending() : protocol.participants(record),
                seen.age(coord.ticker()),
                driver != null ? Optional.ofNullable(driver.trouble()) : Optional.empty()));
    }

    /**
     * Lists what participants have decided alone, at any peer, until it is {@linkplain #forgetHeuristic forgotten}. A linearizable
     * read; waits for the store.
     *
     * @return the outcomes, ordered by transaction
     * @throws InterruptedException if interrupted while waiting
     */
    public List<HeuristicOutcome> heuristics() throws InterruptedException {
        return Async.await(coord, heuristicsAsync());
    }

    /**
     * Lists what participants have decided alone, without waiting.
     *
     * @return the outcomes, ordered by transaction
     */
    public CompletableFuture<List<HeuristicOutcome>> heuristicsAsync() {
        return env.heuristics().list();
    }

    /**
     * Forgets what a participant has decided alone, after somebody has mended it.
     *
     * @param transaction the id
     * @param participant who
     * @return true if it was listed
     * @throws InterruptedException if interrupted while waiting
     * @throws IllegalArgumentException if it is no id of this path
     */
    public boolean forgetHeuristic(String transaction, String participant) throws InterruptedException {
        return Async.await(coord, env.heuristics().forget(checkId(transaction), participant));
    }

    /**
     * Stops. Transactions that are not decided are aborted, by another coordinator of the path or by the next that starts; those that
     * are decided are left to it. Callers of {@link GlobalTransaction#commit()} who wait get what is known. Safe to repeat.
     *
     * @return completes when others can take over, or the session has ended; after 10 seconds at most: if the store cannot be reached,
     *     they do when the session has ended
     */
    public CompletableFuture<Void> closeAsync() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (closing.compareAndSet(null, done)) {
            recovery.close();
            env.later(MOST_TO_CLOSE, () -> done.complete(null));
            try {
                env.ends().close(); // before the drivers let their records go: whoever takes over finds fewer
            } finally {
                Async.whenDone(env.drivers().close(), (closed, failure) -> done.complete(null));
            }
        }
        return requireNonNull(closing.get());
    }

    /** Stops as {@link #closeAsync()} does, and waits for that. An interrupt ends the waiting only, and is kept. */
    @Override
    public void close() {
        CompletableFuture<Void> closed = closeAsync();
        try {
            coord.scheduler().await(closed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Desk implements OpenTransaction.Desk {
        @Override
        public @Nullable CoordException refusal() {
            return CommitCoordinator.this.refusal();
        }

        @Override
        public TwoPhaseCommit driver(String id, List<Share> shares) {
            CommitRecord record = new CommitRecord(TransactionStatus.PREPARING, timeout, shares);
            TwoPhaseCommit driver = new TwoPhaseCommit(env, id, record, null);
            env.drivers().begin(driver);
            return driver;
        }
    }
}
