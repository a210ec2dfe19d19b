package dev.coord.testkit.history;

import dev.coord.testkit.history.Recording.Incident;
import dev.coord.time.Ticker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Where everything is recorded. Safe for use by any thread; nobody waits for anybody. */
final class Journal {
    private final Ticker ticker;

    /**
     * The sequence of events. Whoever draws a number after his operation returned has a smaller one than whoever draws it
     * before he calls, so the numbers are a real-time order without ties.
     */
    private final AtomicLong events = new AtomicLong();

    private final AtomicLong operations = new AtomicLong();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<LiveTape> tapes = new ConcurrentLinkedQueue<>();
    private final Queue<LiveHolding> holdings = new ConcurrentLinkedQueue<>();
    private final Queue<Claim> claims = new ConcurrentLinkedQueue<>();
    private final Queue<Incident> incidents = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> names = new HashMap<>();

    Journal(Ticker ticker) {
        this.ticker = ticker;
    }

    long nanos() {
        return ticker.nanos();
    }

    /** Draws the next place in the sequence of events. */
    long next() {
        return events.incrementAndGet();
    }

    /** The place of the latest event. */
    long latest() {
        return events.get();
    }

    /** A name that no other handle has: a process may open several, one after the other. */
    synchronized String uniqueName(String process) {
        int count = names.merge(process, 1, Integer::sum);
        return count == 1 ? process : process + "#" + count;
    }

    Call call(String process, Input input) {
        Call call = new Call(this, process, operations.incrementAndGet(), input);
        calls.add(call);
        return call;
    }

    long nextOperation() {
        return operations.incrementAndGet();
    }

    void add(LiveTape tape) {
        tapes.add(tape);
    }

    void add(LiveHolding holding) {
        holdings.add(holding);
    }

    void add(Claim claim) {
        claims.add(claim);
    }

    void add(Incident incident) {
        incidents.add(incident);
    }

    Recording recording() {
        List<Operation> done = new ArrayList<>();
        calls.forEach(call -> done.add(call.operation()));
        done.sort(Comparator.comparingLong(Operation::call));
        List<Claim> said = new ArrayList<>(claims);
        said.sort(Comparator.comparingLong(Claim::at));
        return new Recording(
                done,
                tapes.stream().map(LiveTape::tape).toList(),
                holdings.stream().map(LiveHolding::holding).toList(),
                said,
                new ArrayList<>(incidents));
    }
}
