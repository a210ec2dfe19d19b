package dev.coord.raft.internal.store;

import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Generates sequences of actions on a store from a seed. Actions name leases, sessions and revisions loosely, so that
 * any subsequence is a sequence too, which is what shrinking by deletion needs.
 */
final class StoreActions {

    /** One step of a sequence. */
    sealed interface Action {}

    /** A transaction, proposed in the numbered session, or in none if there is no such session. */
    record Transact(int session, List<Guard> guards, List<Op> then, List<Op> otherwise) implements Action {}

    /** The grant of a lease. */
    record Grant(int session, long ttlMillis, boolean detached) implements Action {}

    /** The end of a lease by its holder. */
    record Revoke(int session, long lease) implements Action {}

    /** The opening of a session. */
    record OpenSession(long ttlMillis, long validityMillis) implements Action {}

    /** The end of leases by time; it names their present generation and term unless it is stale. */
    record Expire(List<Long> leases, boolean staleTerm, boolean staleGeneration) implements Action {}

    /** The record of what a lease has left. */
    record Checkpoint(long lease, long millis, boolean staleTerm, boolean staleGeneration) implements Action {}

    /** A step of a session that does nothing. */
    record Noop(int session) implements Action {}

    /** The repetition of a session's proposal, counted back from its last. */
    record Resend(int session, int back) implements Action {}

    /** A proposal of a session that leaves out the given number before it. */
    record Skip(int session, int missing) implements Action {}

    /** The session's proposer has all results up to the one counted back from the last. */
    record Acknowledge(int session, int back) implements Action {}

    /** A compaction up to so many revisions before the latest; beyond the latest if negative. */
    record Compact(int back) implements Action {}

    /** The registration of a peer. */
    record RegisterPeer(String peer, String directory) implements Action {}

    /** Reads at a revision, placed between the oldest (0) and a little beyond the latest (1). */
    record Read(double where, String key, RangeQuery query) implements Action {}

    /** The end of a log entry; a new term may begin. */
    record EndEntry(boolean newTerm) implements Action {}

    /** A log entry without proposals. */
    record EmptyEntry() implements Action {}

    /** The replacement of the store by one restored from its snapshot. */
    record Restore() implements Action {}

    private static final String[] PARTS = {
        "a", "b", "/", "\u00E9", "\u4E2D", "\uFFFD", "\uD83D\uDE00", "\uDBFF\uDFFF", "\u0000"
    };
    /** At the bounds, and what is a number for others. */
    private static final String[] ODD_NUMBERS = {
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "-9223372036854775809",
        "007",
        "-0",
        "+1",
        " 1",
        "1.0",
        "0x1",
        "",
        "-",
        "\u0661",
        "99999999999999999999999"
    };

    private static final String[] PREFIXES = {"", "/a/", "/a/b/", "/\u00FC/", "\uD83D\uDE00/", "\uFFFD"};
    private static final int SESSIONS = 3;

    private final SplittableRandom random;
    private final String[] keys;
    private int transactions;
    private int leases;

    private StoreActions(long seed) {
        random = new SplittableRandom(seed);
        keys = new String[random.nextInt(10, 41)];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = pick(PREFIXES) + pick(PARTS) + (random.nextBoolean() ? pick(PARTS) : "");
        }
    }

    /** Returns the sequence of a seed. */
    static List<Action> generate(long seed, int least, int most) {
        StoreActions actions = new StoreActions(seed);
        int count = actions.random.nextInt(least, most + 1);
        List<Action> sequence = new ArrayList<>(count);
        while (sequence.size() < count) {
            sequence.add(actions.next());
        }
        return sequence;
    }

    /** Deletes actions, in ever smaller runs, for as long as the sequence still fails. */
    static List<Action> shrink(List<Action> failing, Predicate<List<Action>> fails) {
        List<Action> shortest = failing;
        int run = Math.max(1, failing.size() / 2);
        while (true) {
            List<Action> before = shortest;
            shortest = withoutRuns(shortest, run, fails);
            if (run == 1 && shortest.size() == before.size()) {
                return shortest;
            }
            run = Math.max(1, run / 2);
        }
    }

    private static List<Action> withoutRuns(List<Action> failing, int run, Predicate<List<Action>> fails) {
        List<Action> shortest = failing;
        int at = 0;
        while (at < shortest.size()) {
            List<Action> shorter = new ArrayList<>(shortest.subList(0, at));
            shorter.addAll(shortest.subList(Math.min(shortest.size(), at + run), shortest.size()));
            if (fails.test(shorter)) {
                shortest = shorter;
            } else {
                at += run;
            }
        }
        return shortest;
    }

    private Action next() {
        int weight = random.nextInt(100);
        if (weight < 46) {
            return transact();
        }
        if (weight < 62) {
            return ofLeases(weight - 46);
        }
        if (weight < 76) {
            return ofSessions(weight - 62);
        }
        return ofTheStore(weight - 76);
    }

    private Action ofLeases(int weight) {
        if (weight < 6) {
            leases++;
            return new Grant(session(), random.nextInt(1, 5) * 1000L, oneIn(3));
        }
        if (weight < 9) {
            return new Revoke(session(), lease());
        }
        if (weight < 13) {
            return new Expire(List.of(lease(), lease()), oneIn(5), oneIn(5));
        }
        return new Checkpoint(lease(), random.nextInt(6000), oneIn(5), oneIn(5));
    }

    private Action ofSessions(int weight) {
        if (weight < 3) {
            leases++;
            long ttlMillis = random.nextInt(1, 5) * 1000L;
            return new OpenSession(ttlMillis, oneIn(2) ? ttlMillis : 1 + random.nextInt((int) ttlMillis));
        }
        if (weight < 8) {
            return new Resend(session(), random.nextInt(6));
        }
        if (weight < 10) {
            return new Acknowledge(session(), random.nextInt(4));
        }
        return weight < 12 ? new Skip(session(), random.nextInt(1, 4)) : new Noop(session());
    }

    private Action ofTheStore(int weight) {
        if (weight < 8) {
            return new Read(random.nextDouble(), key(), query());
        }
        if (weight < 15) {
            return new EndEntry(oneIn(4));
        }
        if (weight < 17) {
            return new EmptyEntry();
        }
        if (weight < 20) {
            return new Compact(random.nextInt(-2, 15));
        }
        return weight < 22 ? new RegisterPeer("p" + random.nextInt(3), "d" + random.nextInt(3)) : new Restore();
    }

    private Transact transact() {
        transactions++;
        List<Guard> guards = new ArrayList<>();
        for (int i = random.nextInt(4) - 1; i > 0; i--) {
            guards.add(guard());
        }
        return new Transact(session(), guards, branch(), guards.isEmpty() ? List.of() : branch());
    }

    private Guard guard() {
        KeyRange range = oneIn(3) ? range() : KeyRange.key(key());
        Guard.Target target = pick(Guard.Target.values());
        Guard.Relation relation = pick(Guard.Relation.values());
        return switch (target) {
            case VALUE -> Guard.compareValue(range, relation, value());
            case COUNT, VERSION -> Guard.compare(range, target, relation, random.nextInt(4));
            case LEASE -> Guard.compare(range, target, relation, oneIn(2) ? 0 : lease());
            case CREATE_REVISION, MOD_REVISION ->
                Guard.compare(range, target, relation, random.nextInt(transactions + 1));
        };
    }

    /** A branch in which no key is written twice, as the API demands. */
    private List<Op> branch() {
        List<Op> branch = new ArrayList<>();
        List<KeyRange> written = new ArrayList<>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            Op op = op();
            KeyRange range = writtenBy(op);
            if (range == null) {
                branch.add(op);
            } else if (written.stream().noneMatch(range::overlaps)) {
                written.add(range);
                branch.add(op);
            }
        }
        return branch;
    }

    private static @Nullable KeyRange writtenBy(Op op) {
        if (op instanceof Op.Put put) {
            return KeyRange.key(put.key());
        }
        if (op instanceof Op.Delete delete) {
            return KeyRange.key(delete.key());
        }
        if (op instanceof Op.Add add) {
            return KeyRange.key(add.key());
        }
        return op instanceof Op.DeleteRange delete ? delete.range() : null;
    }

    private Op op() {
        int weight = random.nextInt(24);
        if (weight >= 20) {
            return Op.add(key(), delta());
        }
        if (weight < 11) {
            return new Op.Put(key(), value(), oneIn(3) ? lease() : 0);
        }
        if (weight < 14) {
            return Op.delete(key());
        }
        if (weight < 15) {
            return Op.delete(range());
        }
        return weight < 17 ? Op.get(key()) : Op.range(query());
    }

    private RangeQuery query() {
        int limit = oneIn(2) ? 0 : random.nextInt(1, 6);
        return new RangeQuery(range(), limit, random.nextBoolean(), oneIn(4), oneIn(6));
    }

    private KeyRange range() {
        return switch (random.nextInt(6)) {
            case 0 -> KeyRange.all();
            case 1 -> new KeyRange(key(), null);
            case 2, 3 -> KeyRange.prefix(key());
            default -> {
                String one = key();
                String other = key();
                int order = NaiveStore.compare(one, other);
                yield order == 0 ? KeyRange.key(one) : new KeyRange(order < 0 ? one : other, order < 0 ? other : one);
            }
        };
    }

    /** Mostly small; now and then so large that two are too much. */
    private long delta() {
        return oneIn(6) ? random.nextLong() : random.nextInt(-20, 21);
    }

    private Value value() {
        if (oneIn(2)) {
            return Value.of(oneIn(5) ? pick(ODD_NUMBERS) : Long.toString(delta()));
        }
        byte[] bytes = new byte[random.nextInt(3)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(4) * 100);
        }
        return Value.of(bytes);
    }

    private String key() {
        return pick(keys);
    }

    /** Mostly a lease that may exist; now and then one that was never granted. */
    private long lease() {
        return random.nextInt(1, leases + 2);
    }

    private int session() {
        return random.nextInt(2 * SESSIONS);
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    private <E> E pick(E[] elements) {
        return elements[random.nextInt(elements.length)];
    }
}
