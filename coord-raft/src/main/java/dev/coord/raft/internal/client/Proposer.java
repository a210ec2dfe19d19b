package dev.coord.raft.internal.client;

import dev.coord.CoordException;
import dev.coord.LimitExceededException;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.Proposal;
import dev.coord.raft.internal.store.Result;
import dev.coord.raft.internal.store.View;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Turns operations into batches for the Raft leader: group commit, exactly once, in order.
 *
 * <p>While a few batches are in flight, what arrives waits and forms the next one; an idle peer sends at once, but for what those
 * issue who come back {@linkplain Gathering together}. An operation is settled when <em>this</em> peer's replica applies it, wherever the
 * leader is, so whatever a caller has been told is already in its own memory.
 *
 * <p>There is one answer to every doubt (another leader, a refusal, a gap in a session's sequence, no progress): go back.
 * All batches in flight are forgotten and everything unsettled is sent again, in order, with the same numbers; the
 * store's session tables make repetitions harmless (go-back-N over an idempotent receiver).
 *
 * <p>All fields are touched in the mailbox only, but for those of {@link SessionSequence} that say otherwise.
 */
final class Proposer implements Replica.Listener {
    private static final int MAX_BATCH_OPERATIONS = 1024;
    private static final int MAX_BATCH_BYTES = 1 << 20;
    private static final Duration RETRY_DELAY = Duration.ofMillis(30);

    private final PeerContext peer;
    private final PeerMeasures measures;
    private final Mailbox mailbox;
    private final Pulse pulse;
    private final Gathering gathering;
    private final RandomGenerator random;
    private final int maxFlights;

    private final Map<Long, SessionSequence> sessions = new ConcurrentHashMap<>();
    private final SessionSequence sessionless;

    /** Operations whose turn to be sent has not come, in order; those to be sent again first. */
    private final ArrayDeque<Operation> waiting = new ArrayDeque<>();

    /** Operations sent in this epoch and not applied, in the order they were sent. */
    private final ArrayDeque<Operation> outstanding = new ArrayDeque<>();

    private final LongAdder settledCount = new LongAdder();
    private final LongAdder batchCount = new LongAdder();
    private final LongAdder goBackCount = new LongAdder();

    private volatile int waitingCount;
    private volatile int flightCount;
    private long epoch;
    private int flights;
    private long sentTerm = -1;
    private @Nullable String sentTo;
    private long quietUntil = Long.MIN_VALUE;
    private long lastProgress;
    private int stalls;
    private boolean moved;
    private @Nullable Function<Operation, CoordException> closed;

    Proposer(PeerContext peer, RandomGenerator random, int maxInFlight, int maxFlights) {
        this.peer = peer;
        this.measures = peer.measures();
        this.random = random;
        this.maxFlights = maxFlights;
        this.mailbox = new Mailbox(peer.work());
        this.pulse = new Pulse(peer, mailbox, this::look);
        this.gathering = new Gathering(mailbox, this::send);
        sessionless = new SessionSequence(Proposal.NO_SESSION, maxInFlight);
        sessions.put(Proposal.NO_SESSION, sessionless);
    }

    /** Issues an operation of a session, which has a place until the caller gives it back. */
    Operation issue(SessionSequence session, Command command, Deadline deadline) {
        Operation operation = new Operation(session, command, deadline, measures.now());
        enqueue(operation);
        return operation;
    }

    /** Issues an operation of a session whatever is in flight, to free what limits count. */
    Operation issueUnlimited(SessionSequence session, Command command, Deadline deadline) {
        session.places.takeAnyway();
        Operation operation = issue(session, command, deadline);
        operation.future.whenComplete((result, error) -> session.places.release());
        return operation;
    }

    /** Issues an operation outside any session. */
    Operation issueSessionless(Command command, Deadline deadline) {
        Operation operation = new Operation(sessionless, command, deadline, PeerMeasures.UNTIMED);
        enqueue(operation);
        return operation;
    }

    /** Issues the opening of a session, or throws {@link LimitExceededException} if too many are on their way. */
    CompletableFuture<Result> issueOpening(Command command, Deadline deadline) {
        if (!sessionless.places.tryTake()) {
            throw full(sessionless.places, "sessions being opened at this peer; wait for earlier ones");
        }
        Operation operation = issueSessionless(command, deadline);
        return operation.future.whenComplete((result, error) -> sessionless.places.release());
    }

    /** The refusal of what has found no place. */
    LimitExceededException full(Places places, String of) {
        measures.operationsRefused.increment();
        return new LimitExceededException("more than " + places.limit() + " " + of);
    }

    private void enqueue(Operation operation) {
        mailbox.run(() -> {
            Function<Operation, CoordException> end = closed != null ? closed : operation.session.ended;
            if (end != null) {
                // Nobody would take its result, and it would be sent again for ever.
                giveUp(operation, end.apply(operation));
                return;
            }
            waiting.add(operation);
            gathering.send(waiting.size());
            pulse.soon();
        });
    }

    void register(SessionSequence session) {
        sessions.put(session.id, session);
    }

    /** Forgets a session that has ended: what it has not settled fails, and needs no answer. */
    void end(SessionSequence session, Function<Operation, CoordException> error) {
        sessions.remove(session.id);
        mailbox.run(() -> {
            session.ended = error;
            List<Operation> open = open(session);
            open.forEach(operation -> giveUp(operation, error.apply(operation)));
            settled(open, false);
        });
    }

    private List<Operation> open(SessionSequence session) {
        List<Operation> open = new ArrayList<>(outstanding);
        open.addAll(waiting);
        open.removeIf(operation -> operation.session != session || operation.applied);
        return open;
    }

    /** Fails everything and all that comes, when the peer closes: no timer would end it any more. */
    void abandonAll(Function<Operation, CoordException> error) {
        mailbox.run(() -> {
            closed = error;
            outstanding.forEach(operation -> giveUp(operation, error.apply(operation)));
            waiting.forEach(operation -> giveUp(operation, error.apply(operation)));
        });
    }

    long settledCount() {
        return settledCount.sum();
    }

    long batchCount() {
        return batchCount.sum();
    }

    int waitingCount() {
        return waitingCount;
    }

    /** Batches in flight. */
    int flightCount() {
        return flightCount;
    }

    /** Operations, and reads that wait, whose callers are not told yet. */
    int inFlightCount() {
        return sessions.values().stream()
                .mapToInt(session -> session.places.taken())
                .sum();
    }

    long goBackCount() {
        return goBackCount.sum();
    }

    private void giveUp(Operation operation, CoordException error) {
        operation.abandoned = true;
        if (operation.future.completeExceptionally(error)) {
            measures.operationsGivenUp.increment();
        }
    }

    // ---- what the apply thread tells

    @Override
    public void advanced(View view, List<Effect> effects) {
        List<Operation> settled = new ArrayList<>();
        long now = measures.now();
        boolean gap = false;
        for (Effect effect : effects) {
            if (effect instanceof Effect.Completed completed) {
                SessionSequence session = sessions.get(completed.proposal().session());
                if (session != null) {
                    gap |= !settle(session, completed, now, settled);
                }
            }
        }
        if (!settled.isEmpty() || gap) {
            boolean goBack = gap;
            // If nothing waits for the room that this makes, it saves the waking of a thread to leave it to who comes
            // next.
            mailbox.leave(() -> settled(settled, goBack), () -> goBack || waitingCount > 0);
        }
    }

    /** Settles the operation of a result; false if the result says that an earlier operation is missing. */
    private boolean settle(SessionSequence session, Effect.Completed completed, long now, List<Operation> settled) {
        long sequence = completed.proposal().sequence();
        if (completed.result() instanceof Result.OutOfOrder) {
            return session.peek(sequence) == null;
        }
        Operation operation = session.take(sequence);
        if (operation != null) {
            settled.add(operation);
            settledCount.increment();
            if (operation.issuedAt != PeerMeasures.UNTIMED) {
                measures.operationLatencies.record(now - operation.issuedAt);
            }
            operation.future.complete(completed.result());
        }
        return true;
    }

    /** A snapshot has brought effects without their results: those come when their operations are sent again. */
    @Override
    public void restored() {
        mailbox.post(() -> {
            if (flights > 0) {
                goBack();
            }
            send();
        });
    }

    @Override
    public void statusChanged() {
        mailbox.post(() -> {
            quietUntil = Long.MIN_VALUE;
            followLeader();
            send();
        });
    }

    // ---- in the mailbox

    private void settled(List<Operation> settled, boolean goBack) {
        for (Operation operation : settled) {
            if (operation.applied) {
                // Its result arrived while its session was ended.
                continue;
            }
            operation.applied = true;
            Flight flight = operation.flight;
            if (flight != null && flight.epoch == epoch && --flight.remaining == 0) {
                flights--;
            }
        }
        lastProgress = peer.ticker().nanos();
        moved = true;
        stalls = 0;
        gathering.told(settled.size());
        while (!outstanding.isEmpty() && outstanding.peek().applied) {
            outstanding.poll();
        }
        if (goBack && flights > 0) {
            goBack();
        }
        gathering.send(waiting.size());
    }

    private void followLeader() {
        RaftStatus status = peer.status();
        if (flights > 0 && (status.term() != sentTerm || !Objects.equals(status.leader(), sentTo))) {
            goBack();
        }
    }

    private void goBack() {
        goBackCount.increment();
        epoch++;
        flights = 0;
        while (!outstanding.isEmpty()) {
            Operation operation = outstanding.pollLast();
            if (!operation.applied) {
                waiting.addFirst(operation);
            }
        }
    }

    private void send() {
        sendWhatMay();
        waitingCount = waiting.size();
        flightCount = flights;
    }

    private void sendWhatMay() {
        RaftStatus status = peer.status();
        String leader = status.leader();
        long now = peer.ticker().nanos();
        if (leader == null || (quietUntil != Long.MIN_VALUE && now - quietUntil < 0)) {
            return;
        }
        while (flights < maxFlights && !waiting.isEmpty()) {
            List<Proposal> batch = nextBatch();
            if (!batch.isEmpty()) {
                flights++;
                gathering.sent(batch.size());
                batchCount.increment();
                measures.batchOperations.add(batch.size());
                sentTerm = status.term();
                sentTo = leader;
                lastProgress = flights == 1 ? now : lastProgress;
                byte[] entry = CommandCodec.encode(batch);
                measures.batchBytes.add(entry.length);
                dispatch(leader, status.leading(), entry);
            }
        }
    }

    private List<Proposal> nextBatch() {
        Flight flight = new Flight(epoch, 0);
        List<Proposal> batch = new ArrayList<>();
        int bytes = 0;
        while (batch.size() < MAX_BATCH_OPERATIONS && bytes < MAX_BATCH_BYTES && !waiting.isEmpty()) {
            Operation operation = waiting.poll();
            // Given up before it was ever sent, it has no number and may vanish.
            if (operation.applied || (operation.abandoned && !operation.wasSent())) {
                continue;
            }
            if (!operation.wasSent()) {
                number(operation);
            }
            operation.attempts++;
            operation.flight = flight;
            flight.remaining++;
            outstanding.add(operation);
            batch.add(operation.proposal());
            bytes += Sizes.of(operation.command);
        }
        return batch;
    }

    private void number(Operation operation) {
        if (operation.session == sessionless) {
            sessionless.number(operation, random.nextLong() & Long.MAX_VALUE);
        } else {
            operation.session.number(operation);
        }
    }

    private void dispatch(String leader, boolean here, byte[] entry) {
        long sentIn = epoch;
        CompletableFuture<?> accepted = here ? peer.node().append(entry) : peer.forward(leader, entry);
        accepted.whenComplete((nothing, error) -> {
            if (error != null) {
                mailbox.post(() -> refused(sentIn));
            }
        });
    }

    private void refused(long sentIn) {
        if (sentIn == epoch) {
            goBack();
            quietUntil = peer.ticker().nanos() + RETRY_DELAY.toNanos();
            peer.scheduler().schedule(RETRY_DELAY, () -> mailbox.post(this::send));
        }
    }

    private void look() {
        outstanding.forEach(this::expire);
        waiting.forEach(this::expire);
        // Without a leader nothing else would take them out.
        waiting.removeIf(operation -> operation.abandoned && !operation.wasSent());
        followLeader();
        long patience = peer.stallTimeout().toNanos() << Math.min(stalls, 4);
        if (flights > 0 && peer.ticker().nanos() - lastProgress > patience) {
            stalls++;
            goBack();
        }
        send();
        if (!outstanding.isEmpty() || !waiting.isEmpty()) {
            if (moved) {
                pulse.soon();
            } else {
                pulse.later(nextDeadline());
            }
        }
        moved = false;
    }

    private long nextDeadline() {
        long next = Long.MAX_VALUE;
        for (Operation operation : outstanding) {
            next = Math.min(next, operation.abandoned ? next : operation.deadline.remainingNanos());
        }
        for (Operation operation : waiting) {
            next = Math.min(next, operation.abandoned ? next : operation.deadline.remainingNanos());
        }
        return next;
    }

    private void expire(Operation operation) {
        if (!operation.applied && !operation.abandoned && operation.deadline.isPast()) {
            giveUp(operation, operation.givenUp("no outcome before the deadline (" + peer.describe() + ")"));
        }
    }
}
