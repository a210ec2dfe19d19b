package dev.coord.recipes.detector;

import static dev.coord.recipes.detector.HeartbeatServiceBuilder.given;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coord.net.Datagrams;
import dev.coord.recipes.detector.Heartbeat.Stamp;
import dev.coord.recipes.internal.Seal;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.recipes.internal.Teller;
import dev.coord.time.Scheduler;
import dev.coord.time.Scheduler.Timer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges authenticated heartbeats with the neighbours, one datagram for each of them in each interval, and judges by a
 * {@link FailureDetector} for each whether it lives.
 *
 * <p><b>What counts as a heartbeat.</b> Each datagram carries a stamp, which is the sender's incarnation and a number that grows
 * with each interval, and an echo, which is the greatest stamp that the sender has received from the addressee. It is sealed
 * with the shared key for one cluster, one sender and one addressee. It counts if its stamp is greater than all before it, and
 * its echo names a datagram that was sent to that neighbour in this incarnation within the last {@value #FRESH} intervals. So
 * nobody without the key can forge, alter or redirect one; a copy is refused because its stamp is not new, and, by a receiver
 * that was restarted and has forgotten the stamps, because the echo is of another incarnation; and one that was held back is
 * refused because the echo is old. Whoever can hold back datagrams can so make a dead process seem alive for at most
 * {@value #FRESH} intervals longer, and whoever can destroy them can make a living one suspected. It follows that a neighbour
 * which cannot hear this process is suspected too.
 *
 * <p><b>Trust takes evidence.</b> A neighbour that was not heard yet is suspected; nobody is told, as nothing has changed. It
 * takes about two intervals after a start until it is trusted. If the incarnation grows, the old life has ended, and the new
 * one must show itself alive as at the start.
 *
 * <p><b>Time asleep does not count.</b> If this process was stopped (a garbage collection, a suspended machine), at most half an
 * interval of that is held against the others, and while its timers do not run, nobody becomes suspect. A pause of an interval
 * or more is told of and counted.
 *
 * <p>Whatever comes that is no heartbeat is counted by {@link Refusal} and otherwise ignored. All methods are safe for use by
 * any thread and do not block. The moment of a suspicion is noticed within a quarter of the interval.
 */
public final class HeartbeatService implements AutoCloseable {
    /** The most members. */
    public static final int MAX_MEMBERS = 1_024;

    private static final System.Logger LOG = System.getLogger(HeartbeatService.class.getName());
    private static final int FRESH = 10;
    private static final int CHECKS_PER_INTERVAL = 4;

    private final String id;
    private final long incarnation;
    private final Seal seal;
    private final Datagrams datagrams;
    private final Scheduler scheduler;
    private final NeighbourBook neighbours;
    private final @Nullable HeartbeatListener listener;
    private final Teller teller;
    private final AwakeClock clock;
    private final long interval;
    private final long checkEvery;
    private final byte[] sender;
    private final Tallies tallies = new Tallies();
    private final SerialContext context =
            new SerialContext(failure -> LOG.log(Level.WARNING, "a heartbeat service failed at a task", failure));

    private volatile boolean closed;

    // Touched in the context only.
    private long sequence;
    private long nextSend;
    private Timer timer = () -> {};

    HeartbeatService(HeartbeatServiceBuilder builder) {
        id = given(builder.id, "self(id, incarnation)");
        incarnation = builder.incarnation;
        String cluster = given(builder.cluster, "cluster(name, keys)");
        seal = given(builder.seal, "cluster(name, keys)");
        datagrams = given(builder.datagrams, "datagrams(carrier)");
        scheduler = given(builder.scheduler, "time(ticker, scheduler)");
        listener = builder.listener;
        teller = new Teller(builder.executor == null ? Runnable::run : builder.executor);
        interval = builder.interval.toNanos();
        checkEvery = interval / CHECKS_PER_INTERVAL;
        clock = new AwakeClock(given(builder.ticker, "time(ticker, scheduler)"), 2 * checkEvery);
        sender = id.getBytes(UTF_8);
        neighbours = new NeighbourBook(id, cluster, builder.topology, builder.detector(), interval);
        neighbours.members(builder.members, 0);
    }

    /**
     * Begins to describe a service.
     *
     * @return a builder
     */
    public static HeartbeatServiceBuilder builder() {
        return new HeartbeatServiceBuilder();
    }

    void begin() {
        datagrams.receive((from, payload) -> receive(payload));
        context.run(this::step);
    }

    /** One look at all neighbours, four of them to an interval, and on the first of the four one heartbeat for each. */
    private void step() {
        if (closed) {
            return;
        }
        long asleep = clock.tick();
        if (asleep >= interval / 2) {
            tallies.pause(asleep);
            tell(told -> told.paused(Duration.ofNanos(asleep)));
        }
        long now = clock.nanos();
        neighbours.all().forEach(neighbour -> tell(neighbour, neighbour.check(now)));
        if (now - nextSend >= 0) {
            nextSend = Math.max(nextSend + interval, now + interval - checkEvery);
            send();
        }
        timer = scheduler.schedule(Duration.ofNanos(untilNext(clock.nanos())), () -> context.run(this::step));
    }

    /** Until the next multiple of the check after the last sending, so that delays of the timer do not add up. */
    private long untilNext(long now) {
        long untilSend = nextSend - now;
        return untilSend <= 0 ? 0 : untilSend % checkEvery == 0 ? checkEvery : untilSend % checkEvery;
    }

    private void send() {
        sequence++;
        Stamp stamp = new Stamp(incarnation, sequence);
        for (Neighbour neighbour : neighbours.all()) {
            byte[] heartbeat = new Heartbeat(stamp, neighbour.newest()).toBytes();
            try {
                datagrams.send(neighbour.address, Envelope.write(sender, seal.seal(neighbour.outbound, heartbeat)));
                tallies.sent.increment();
            } catch (RuntimeException e) {
                // Mostly an address that is not one. The others still get theirs.
                tallies.unsendable.increment();
            }
        }
    }

    private void receive(byte[] datagram) {
        Optional<Refusal> refusal = Envelope.check(datagram);
        if (refusal.isPresent()) {
            tallies.refuse(refusal.get());
            return;
        }
        Envelope envelope = new Envelope(datagram);
        String from = envelope.sender();
        Neighbour neighbour = neighbours.find(from);
        if (neighbour == null) {
            tallies.refuse(Refusal.NOT_A_NEIGHBOUR);
            return;
        }
        Optional<byte[]> payload = seal.open(neighbour.inbound, envelope.sealed());
        if (payload.isEmpty()) {
            tallies.refuse(Refusal.FORGED);
            return;
        }
        Heartbeat heartbeat = Heartbeat.of(payload.get());
        context.run(() -> accept(from, heartbeat));
    }

    private void accept(String from, Heartbeat heartbeat) {
        Neighbour neighbour = neighbours.find(from);
        if (closed || neighbour == null) {
            return;
        }
        Optional<Refusal> age = neighbour.age(heartbeat.stamp());
        if (age.isPresent()) {
            tallies.refuse(age.get());
            return;
        }
        long now = clock.nanos();
        tell(neighbour, neighbour.advance(heartbeat.stamp(), now));
        if (!neighbour.answers(heartbeat.echo(), incarnation, sequence - FRESH + 1)) {
            tallies.refuse(Refusal.UNPROVEN);
            return;
        }
        tallies.accepted.increment();
        // What queries may have seen since the last look is told before it is taken back.
        tell(neighbour, neighbour.check(now));
        tell(neighbour, neighbour.hear(now));
    }

    private void tell(Neighbour neighbour, Optional<Neighbour.Change> change) {
        change.ifPresent(what -> tell(told -> {
            if (what.suspected()) {
                told.suspected(neighbour.id, what.incarnation());
            } else {
                told.trusted(neighbour.id, what.incarnation());
            }
        }));
    }

    private void tell(Consumer<HeartbeatListener> call) {
        HeartbeatListener told = listener;
        if (told != null) {
            teller.tell(() -> call(told, call));
        }
    }

    private static void call(HeartbeatListener told, Consumer<HeartbeatListener> call) {
        try {
            call.accept(told);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a listener of heartbeats failed; it is told of the next change all the same", e);
        }
    }

    /**
     * Replaces the members. A neighbour that stays a neighbour keeps what is known of it, also at a new address; of one that
     * leaves everything is forgotten, and the listener is not told. Takes effect at once or, if another thread is at work in
     * this service, in a moment.
     *
     * @param addresses the address of each member by its id, as the datagrams read it; this one may be among them
     * @throws IllegalArgumentException if there are more than {@value #MAX_MEMBERS}, or an id is not 1 to 64 bytes long
     */
    public void members(Map<String, String> addresses) {
        Map<String, String> checked = HeartbeatServiceBuilder.checkedMembers(addresses);
        context.run(() -> neighbours.members(checked, sequence));
    }

    /**
     * Returns the id of this member.
     *
     * @return the id
     */
    public String id() {
        return id;
    }

    /**
     * Tells whether a neighbour is suspected now. May know of a suspicion a moment before the listener.
     *
     * @param neighbour its id
     * @return true if it is suspected, or was not heard yet
     * @throws IllegalArgumentException if it is not a neighbour
     */
    public boolean isSuspected(String neighbour) {
        return neighbours.get(neighbour).isSuspected(clock.nanos());
    }

    /**
     * Returns how strongly a neighbour is suspected, on the scale of the {@link DetectorConfig}.
     *
     * @param neighbour its id
     * @return the suspicion; infinite if it was not heard yet
     * @throws IllegalArgumentException if it is not a neighbour
     */
    public double suspicion(String neighbour) {
        return neighbours.get(neighbour).suspicion(clock.nanos());
    }

    /**
     * Returns what is known of a neighbour.
     *
     * @param neighbour its id
     * @return the status; empty if it is not a neighbour
     */
    public Optional<NeighbourStatus> status(String neighbour) {
        return Optional.ofNullable(neighbours.find(neighbour)).map(found -> found.status(clock.nanos()));
    }

    /**
     * Returns what is known of all neighbours.
     *
     * @return the status of each, in the order of their ids
     */
    public List<NeighbourStatus> statuses() {
        long now = clock.nanos();
        return neighbours.all().stream()
                .map(neighbour -> neighbour.status(now))
                .sorted(Comparator.comparing(NeighbourStatus::id))
                .toList();
    }

    /**
     * Returns what was counted.
     *
     * @return the counters
     */
    public HeartbeatCounters counters() {
        return tallies.counters();
    }

    /**
     * Stops, and closes the datagrams. Nothing is sent any more, and nobody is told of anything that happens later; the last
     * judgements stay. Safe to repeat.
     */
    @Override
    public void close() {
        closed = true;
        context.run(() -> timer.cancel());
        datagrams.close();
    }

    @Override
    public String toString() {
        return "HeartbeatService(" + id + ")";
    }
}
