package dev.coord.testkit.history;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes up a history that is right by construction: several processes with operations that overlap, replies that get lost
 * before or after the effect, effects that come after the caller gave up, leases that end, replicas that lag.
 */
final class HealthyHistory {
    private final SplittableRandom random;
    private final int keys;
    private final double unknownRate;
    private final List<Process> processes = new ArrayList<>();
    private final List<Flight> flights = new ArrayList<>();
    private final List<Model> states = new ArrayList<>(List.of(new Model()));
    private final List<List<Change>> changes = new ArrayList<>(List.of(List.of()));
    private final List<Long> committedNanos = new ArrayList<>(List.of(0L));
    private final List<Long> leases = new ArrayList<>();
    private final List<LiveWatch> watches = new ArrayList<>();
    private final Map<Long, Relied> holdings = new LinkedHashMap<>();
    private final boolean volume;
    private final Bug bug;
    private boolean bugDone;
    private Model model = new Model();
    private long events;
    private long nanos;
    private long seqs;
    private long leaseIds;

    /** What the store may do wrong once. */
    enum Bug {
        /** Nothing. */
        NONE,
        /** A write that replied is applied again. */
        DUPLICATE,
        /** A write of unknown outcome is applied twice. */
        DUPLICATE_UNKNOWN,
        /** A write is acknowledged and forgotten. */
        LOST_WRITE,
        /** A write that surely failed is applied. */
        FAIL_APPLIED,
        /** Two writes of a handle take effect in another order than they were issued in. */
        REORDERED
    }

    /** What the holder of a lease believes. */
    private static final class Relied {
        final String process;
        long validAt;
        long untilNanos = Long.MIN_VALUE;

        Relied(String process) {
            this.process = process;
        }
    }

    private static final class Process {
        final String name;
        final Deque<Flight> queue = new ArrayDeque<>();
        long seen;

        Process(String name) {
            this.name = name;
        }
    }

    private static final class Flight {
        final Process process;
        final long seq;
        final Input input;
        final long call;
        final long callNanos;
        long issued = Operation.NEVER;
        long ret = Operation.NEVER;
        long retNanos;
        boolean evaluated;
        Status status = Status.UNKNOWN;
        Output output;
        String error;
        long revision;

        Flight(Process process, long seq, Input input, long call, long callNanos) {
            this.process = process;
            this.seq = seq;
            this.input = input;
            this.call = call;
            this.callNanos = callNanos;
        }

        boolean isReturned() {
            return ret != Operation.NEVER;
        }

        Operation operation() {
            boolean ok = status == Status.OK;
            return new Operation(
                    process.name,
                    seq,
                    input,
                    call,
                    callNanos,
                    issued,
                    ret,
                    retNanos,
                    status,
                    ok ? output : null,
                    error);
        }
    }

    private static final class LiveWatch {
        final String process;
        final long seq;
        final WatchSpec spec;
        final long call;
        final long opened;
        long cursor;
        final List<Tape.Item> items = new ArrayList<>();

        LiveWatch(String process, long seq, WatchSpec spec, long call, long opened, long cursor) {
            this.process = process;
            this.seq = seq;
            this.spec = spec;
            this.call = call;
            this.opened = opened;
            this.cursor = cursor;
        }

        Tape tape() {
            return new Tape(process, seq, spec, call, opened, items);
        }
    }

    /** The time to live of the leases. */
    static final long TTL_NANOS = 2_000_000_000L;

    private int bugAfter;
    private long seenFrom;

    private HealthyHistory(long seed, int processCount, int keys, double unknownRate, boolean volume, Bug bug) {
        this.bug = bug;
        this.random = new SplittableRandom(seed);
        this.keys = keys;
        this.unknownRate = unknownRate;
        this.volume = volume;
        for (int i = 1; i <= processCount; i++) {
            processes.add(new Process("n" + i));
        }
    }

    /** A history of a seed, all kinds of operations and outcomes among it. */
    static Recording of(long seed, int operations) {
        return new HealthyHistory(seed, 4, 6, 0.05, false, Bug.NONE).run(operations);
    }

    /** A history in which the store did one thing wrong, half-way; null if there was no occasion. */
    static Recording with(Bug bug, long seed, int operations) {
        HealthyHistory history = new HealthyHistory(seed, 4, 6, 0.05, false, bug);
        Recording recording = history.run(operations);
        // What is lost when all is over, nobody can miss.
        return history.bugDone && history.model.revision() >= history.seenFrom ? recording : null;
    }

    /** A history in which many outcomes are unknown, which something is wrong with or not; null if there was no occasion. */
    static Recording untold(Bug bug, long seed, int operations, double unknownRate) {
        HealthyHistory history = new HealthyHistory(seed, 4, 6, unknownRate, false, bug);
        Recording recording = history.run(operations);
        return bug == Bug.NONE || history.bugDone ? recording : null;
    }

    /** Many operations, without reads of the past and watches, for which all states would have to be kept. */
    static Recording volume(long seed, int operations) {
        return new HealthyHistory(seed, 10, 1000, 0.001, true, Bug.NONE).run(operations);
    }

    private Recording run(int operations) {
        bugAfter = operations / 2;
        if (!volume) {
            // Sees all there is to see, so that nothing that is wrong with a revision stays hidden.
            watches.add(new LiveWatch(
                    "n1",
                    ++seqs,
                    WatchSpec.of(KeyRange.prefix("/k")).from(1).withPreviousValues(),
                    ++events,
                    ++events,
                    1));
        }
        while (seqs < operations || flights.stream().anyMatch(flight -> !flight.evaluated)) {
            nanos += random.nextInt(1_000_000);
            int choice = random.nextInt(100);
            if (choice < 40 && seqs < operations && live() < 8) {
                issue();
            } else if (choice < 68) {
                evaluate();
            } else if (choice < 94) {
                giveBack();
            } else if (choice < 96 && !leases.isEmpty() && (!volume || random.nextInt(50) == 0)) {
                long lease = leases.get(random.nextInt(leases.size()));
                if (holdings.get(lease).untilNanos < nanos) {
                    endLease(lease);
                }
            } else if (!volume && random.nextBoolean()) {
                watch();
            } else {
                rely();
            }
        }
        watches.forEach(watch -> {
            for (long revision = watch.cursor; revision <= model.revision(); revision++) {
                deliver(watch, revision);
            }
        });
        List<Operation> done = new ArrayList<>(finished);
        for (Flight flight : flights) {
            if (flight.status != Status.UNKNOWN && !flight.isReturned()) {
                ret(flight);
            }
            done.add(flight.operation());
        }
        done.sort(Comparator.comparingLong(Operation::call));
        List<Recording.Holding> believed = new ArrayList<>();
        holdings.forEach((lease, relied) -> believed.add(new Recording.Holding(
                relied.process, lease, TTL_NANOS, relied.validAt, relied.untilNanos, Operation.NEVER, false)));
        return new Recording(done, watches.stream().map(LiveWatch::tape).toList(), believed, List.of(), List.of());
    }

    private void rely() {
        if (!leases.isEmpty()) {
            Relied relied = holdings.get(leases.get(random.nextInt(leases.size())));
            relied.validAt = events;
            relied.untilNanos = Math.max(relied.untilNanos, nanos + random.nextInt(3_000_000));
        }
    }

    private final List<Operation> finished = new ArrayList<>();

    private int live() {
        return flights.size();
    }

    // ---- issuing

    private void issue() {
        Process process = processes.get(random.nextInt(processes.size()));
        Flight flight = new Flight(process, ++seqs, input(), ++events, nanos);
        flight.issued = ++events;
        process.queue.add(flight);
        flights.add(flight);
    }

    private String key() {
        return "/k" + random.nextInt(keys);
    }

    private Value value() {
        return Value.of((random.nextInt(4) == 0 ? "" : "v") + seqs);
    }

    private Input adds() {
        List<Op> adds = new ArrayList<>(List.of(Op.add(counter(), random.nextInt(-9, 10))));
        if (random.nextInt(3) == 0) {
            String other = counter();
            adds.add(((Op.Add) adds.get(0)).key().equals(other) ? Op.get(other) : Op.add(other, 1));
        }
        return random.nextInt(3) == 0
                ? new Input.Transact(List.of(Guard.exists(key())), adds, List.of(Op.add(counter(), 100)))
                : new Input.Transact(List.of(), adds, List.of());
    }

    /** A key that mostly holds a number. */
    private String counter() {
        String key = key();
        for (int i = 0; i < 4 && !isNumber(key); i++) {
            key = key();
        }
        return key;
    }

    private boolean isNumber(String key) {
        Entry entry = model.get(key);
        return Model.sum(entry == null ? null : entry.value(), 0) != null;
    }

    private Input input() {
        int choice = random.nextInt(100);
        if (choice < 25) {
            return new Input.Get(key(), consistency());
        }
        if (choice < 40) {
            return new Input.Range(query(), consistency());
        }
        if (choice < 43) {
            return new Input.Grant(Duration.ofSeconds(2));
        }
        if (choice < 44 && !leases.isEmpty()) {
            return new Input.Revoke(leases.get(random.nextInt(leases.size())));
        }
        return transaction();
    }

    private Input transaction() {
        if (random.nextInt(6) == 0) {
            return adds();
        }
        String key = key();
        int choice = random.nextInt(100);
        long lease = leases.isEmpty() || random.nextInt(4) > 0 ? 0 : leases.get(random.nextInt(leases.size()));
        if (choice < 40) {
            return new Input.Transact(List.of(), List.of(Op.put(key, value()).withLease(lease)), List.of());
        }
        if (choice < 55) {
            return new Input.Transact(List.of(), List.of(Op.delete(key)), List.of());
        }
        if (choice < 75) {
            var entry = model.get(key);
            long expected = entry == null ? 0 : entry.modRevision();
            return new Input.Transact(
                    List.of(Guard.modRevisionIs(key, expected)), List.of(Op.put(key, value())), List.of(Op.get(key)));
        }
        if (choice < 80) {
            return new Input.Transact(List.of(), List.of(Op.delete(KeyRange.between("/k2", "/k4"))), List.of());
        }
        return new Input.Transact(
                List.of(
                        Guard.exists(key),
                        Guard.compare(KeyRange.prefix("/k"), Guard.Target.VERSION, Guard.Relation.LESS, 9)),
                List.of(Op.put(key, value()), Op.get(key), Op.range(query())),
                List.of(Op.put("/k0", value()), Op.put("/k1", value()).withLease(lease), Op.get(key)));
    }

    private RangeQuery query() {
        RangeQuery query =
                RangeQuery.of(random.nextBoolean() && !volume ? KeyRange.prefix("/k") : KeyRange.between("/k1", "/k3"));
        return switch (random.nextInt(5)) {
            case 0 -> query.limit(2);
            case 1 -> query.lastFirst().limit(1);
            case 2 -> query.countedOnly();
            case 3 -> query.withoutValues();
            default -> query;
        };
    }

    private Consistency consistency() {
        if (volume) {
            return Consistency.linearizable();
        }
        return switch (random.nextInt(8)) {
            case 0, 1 -> Consistency.sequential();
            case 2 -> Consistency.at(random.nextLong(model.revision() + 1));
            case 3 -> Consistency.atLeast(random.nextLong(model.revision() + 1));
            case 4 -> Consistency.boundedStaleness(Duration.ofMillis(5));
            default -> Consistency.linearizable();
        };
    }

    // ---- effects, in the order of each process

    private void evaluate() {
        Process process = processes.get(random.nextInt(processes.size()));
        Flight flight = process.queue.poll();
        if (flight == null) {
            return;
        }
        if (bug != Bug.NONE && !bugDone && seqs > bugAfter && misbehave(process, flight)) {
            bugDone = true;
            return;
        }
        flight.evaluated = true;
        if (flight.isReturned()) {
            // The caller gave up before; the effect may come yet.
            applyUntold(flight);
            finish(flight);
            return;
        }
        double fate = random.nextDouble();
        if (fate < unknownRate) {
            applyUntold(flight);
        } else if (fate < 2 * unknownRate) {
            flight.status = Status.FAIL;
            flight.error = "UnavailableException: made up";
        } else {
            flight.status = Status.OK;
            apply(flight);
        }
    }

    /** Does the thing that is wrong, if this is the occasion. */
    private boolean misbehave(Process process, Flight flight) {
        if (flight.isReturned() || !isPut(flight)) {
            return false;
        }
        if (bug == Bug.REORDERED) {
            Flight later = process.queue.poll();
            if (later == null) {
                return false;
            }
            if (!isPut(later) || later.isReturned()) {
                process.queue.addFirst(later);
                return false;
            }
            takeEffect(later);
            takeEffect(flight);
            return true;
        }
        if (bug == Bug.LOST_WRITE) {
            TxnResult lost = model.run((Input.Transact) flight.input);
            model.rollback();
            flight.output = new Output.Transacted(lost);
            seenFrom = lost.revision();
            flight.status = Status.OK;
            flight.evaluated = true;
            return true;
        }
        takeEffect(flight);
        if (bug == Bug.FAIL_APPLIED) {
            flight.status = Status.FAIL;
            flight.output = null;
            flight.error = "UnavailableException: made up";
            return true;
        }
        flight.status = bug == Bug.DUPLICATE ? Status.OK : Status.UNKNOWN;
        Output told = flight.output;
        takeEffect(flight);
        flight.status = bug == Bug.DUPLICATE ? Status.OK : Status.UNKNOWN;
        flight.output = told;
        return true;
    }

    private void takeEffect(Flight flight) {
        flight.evaluated = true;
        flight.status = Status.OK;
        apply(flight);
    }

    private static boolean isPut(Flight flight) {
        return flight.input instanceof Input.Transact txn
                && txn.guards().isEmpty()
                && txn.then().get(0) instanceof Op.Put put
                && put.lease() == 0;
    }

    private void applyUntold(Flight flight) {
        if (random.nextBoolean()) {
            apply(flight);
        }
        flight.status = Status.UNKNOWN;
        flight.output = null;
        flight.error = null;
    }

    private void apply(Flight flight) {
        if (flight.input instanceof Input.Transact txn) {
            TxnResult result = model.run(txn);
            commit();
            flight.output = result == null ? null : new Output.Transacted(result);
            if (result == null) {
                flight.status = Status.FAIL;
                boolean adds = txn.then().stream().anyMatch(Op.Add.class::isInstance); // which name no lease
                flight.error = (adds ? "AddRefusedException" : "LeaseExpiredException") + ": made up";
            }
        } else if (flight.input instanceof Input.Get get) {
            flight.output = new Output.Got(
                    states(revisionFor(flight, get.consistency())).get(get.key()));
        } else if (flight.input instanceof Input.Range range) {
            flight.output = new Output.Ranged(
                    states(revisionFor(flight, range.consistency())).range(range.query()));
        } else if (flight.input instanceof Input.Grant) {
            leases.add(++leaseIds);
            holdings.put(leaseIds, new Relied(flight.process.name));
            flight.output = new Output.Granted(leaseIds);
        } else if (flight.input instanceof Input.Revoke revoke) {
            flight.output = new Output.Existed(leases.contains(revoke.lease()));
            endLease(revoke.lease());
            flight.revision = model.revision();
        }
    }

    private Model states(long revision) {
        // A lost write leaves its handle ahead of the store.
        return volume ? model : states.get((int) Math.min(revision, states.size() - 1));
    }

    private void commit() {
        List<Change> pending = model.pending();
        model.commit();
        if (!pending.isEmpty() && !volume) {
            states.add(model.copy());
            changes.add(pending);
            committedNanos.add(nanos);
        }
    }

    private void endLease(long lease) {
        if (leases.remove(lease)) {
            model.end(lease);
            commit();
        }
    }

    /** Any revision that the consistency allows. */
    private long revisionFor(Flight flight, Consistency consistency) {
        long present = model.revision();
        long revision = switch (consistency.kind()) {
            case LINEARIZABLE -> present;
            case AT -> consistency.revision();
            case SEQUENTIAL -> between(flight.process.seen, present);
            case AT_LEAST -> between(Math.max(consistency.revision(), flight.process.seen), present);
            case BOUNDED_STALENESS ->
                between(committedBy(flight.callNanos - consistency.staleness().toNanos()), present);
        };
        if (consistency.kind() == Consistency.Kind.AT) {
            flight.process.seen = Math.max(revision, flight.process.seen);
            return revision;
        }
        // A replica does not go back, whatever the read promised.
        flight.process.seen = Math.max(revision, flight.process.seen);
        return flight.process.seen;
    }

    private long committedBy(long then) {
        long revision = 0;
        while (revision + 1 < committedNanos.size() && committedNanos.get((int) revision + 1) <= then) {
            revision++;
        }
        return revision;
    }

    private long between(long low, long high) {
        return low >= high ? high : low + random.nextLong(high - low + 1);
    }

    // ---- returns

    private void giveBack() {
        if (flights.isEmpty()) {
            return;
        }
        Flight flight = flights.get(random.nextInt(flights.size()));
        if (flight.isReturned()) {
            return;
        }
        if (flight.evaluated) {
            // Of an unknown outcome, some callers never hear at all.
            if (flight.status != Status.UNKNOWN || random.nextBoolean()) {
                ret(flight);
            }
            finish(flight);
        } else if (flight.input instanceof Input.Transact && random.nextDouble() < unknownRate) {
            ret(flight);
        }
    }

    private void ret(Flight flight) {
        flight.ret = ++events;
        flight.retNanos = nanos;
        if (flight.status == Status.OK && flight.output instanceof Output.Transacted reply) {
            flight.revision = reply.result().revision();
        }
        flight.process.seen = Math.max(flight.process.seen, flight.status == Status.OK ? flight.revision : 0);
    }

    private void finish(Flight flight) {
        flights.remove(flight);
        finished.add(flight.operation());
    }

    // ---- watches

    private void watch() {
        if (watches.size() < 4) {
            open();
            return;
        }
        LiveWatch watch = watches.get(random.nextInt(watches.size()));
        long upTo = between(Math.min(watch.cursor - 1, model.revision()), model.revision());
        for (long revision = watch.cursor; revision <= upTo; revision++) {
            deliver(watch, revision);
        }
        watch.cursor = Math.max(watch.cursor, upTo + 1);
        if (random.nextInt(4) == 0 && watch.cursor > 1) {
            Tape.Kind kind = random.nextBoolean() ? Tape.Kind.PROGRESS : Tape.Kind.DELIVERED;
            watch.items.add(new Tape.Item(++events, nanos, kind, watch.cursor - 1, List.of(), null));
        }
    }

    private void open() {
        Process process = processes.get(random.nextInt(processes.size()));
        WatchSpec spec = WatchSpec.of(
                switch (random.nextInt(3)) {
                    case 0 -> KeyRange.key(key());
                    case 1 -> KeyRange.prefix("/k");
                    default -> KeyRange.between("/k1", "/k4");
                });
        spec = random.nextBoolean() ? spec.withPreviousValues() : spec;
        spec = random.nextInt(4) == 0 ? random.nextBoolean() ? spec.putsOnly() : spec.deletesOnly() : spec;
        spec = random.nextBoolean() ? spec.from(1 + random.nextLong(model.revision() + 1)) : spec;
        long call = ++events;
        long from = spec.fromRevision() == 0 ? model.revision() + 1 : spec.fromRevision();
        watches.add(new LiveWatch(process.name, ++seqs, spec, call, ++events, from));
    }

    private void deliver(LiveWatch watch, long revision) {
        List<WatchEvent> told = new ArrayList<>();
        for (Change change : changes.get((int) revision)) {
            if (watch.tape().tells(change)) {
                told.add(new WatchEvent(
                        change.after() == null ? WatchEvent.Kind.DELETE : WatchEvent.Kind.PUT,
                        change.key(),
                        change.after(),
                        watch.spec.previousValues() ? change.before() : null));
            }
        }
        if (!told.isEmpty()) {
            watch.items.add(new Tape.Item(++events, nanos, Tape.Kind.CHANGE, revision, told, null));
        }
    }
}
