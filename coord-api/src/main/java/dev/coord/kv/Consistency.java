package dev.coord.kv;

import java.time.Duration;

/**
 * What a read promises. Every read is answered from this peer's own memory; the consistency says what must be
 * confirmed first. Immutable.
 */
public final class Consistency {

    /** The kinds of promise. */
    public enum Kind {
        /** Real-time order: see {@link Consistency#linearizable()}. */
        LINEARIZABLE,
        /** Never backwards: see {@link Consistency#sequential()}. */
        SEQUENTIAL,
        /** Causal: see {@link Consistency#atLeast(long)}. */
        AT_LEAST,
        /** Bounded age: see {@link Consistency#boundedStaleness(Duration)}. */
        BOUNDED_STALENESS,
        /** A point in the past: see {@link Consistency#at(long)}. */
        AT
    }

    private static final Consistency LINEARIZABLE = new Consistency(Kind.LINEARIZABLE, 0, Duration.ZERO);
    private static final Consistency SEQUENTIAL = new Consistency(Kind.SEQUENTIAL, 0, Duration.ZERO);

    private final Kind kind;
    private final long revision;
    private final Duration staleness;

    private Consistency(Kind kind, long revision, Duration staleness) {
        this.kind = kind;
        this.revision = revision;
        this.staleness = staleness;
    }

    /**
     * The read sees every operation that had completed, at any peer, before the read was issued, and all writes issued
     * earlier on the same handle. Costs one message exchange with a majority, shared by concurrent reads; no disk.
     * Fails with {@link dev.coord.UnavailableException} where no Raft leader can be confirmed.
     *
     * @return the default consistency
     */
    public static Consistency linearizable() {
        return LINEARIZABLE;
    }

    /**
     * The read is answered at once, even without a Raft leader; it sees the completed writes of this peer's handles,
     * and never an older state than an earlier read of this peer.
     *
     * @return the fastest consistency
     */
    public static Consistency sequential() {
        return SEQUENTIAL;
    }

    /**
     * The read waits until this peer has reached the revision. Pass revisions between processes for causal order.
     * Fails with {@link dev.coord.UnavailableException} if the deadline comes first.
     *
     * @param revision a revision that some peer returned; 0 or more
     * @return the consistency
     */
    public static Consistency atLeast(long revision) {
        return new Consistency(Kind.AT_LEAST, checkRevision(revision), Duration.ZERO);
    }

    /**
     * The read sees every operation that had completed the given time before it was issued. It is answered at once if
     * this peer heard from the confirmed Raft leader within that time; otherwise it asks the leader, and fails with
     * {@link dev.coord.UnavailableException} if the leader does not answer.
     *
     * @param age the greatest age of the state read; positive
     * @return the consistency
     */
    public static Consistency boundedStaleness(Duration age) {
        if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException("staleness " + age + " is not positive; use linearizable()");
        }
        return new Consistency(Kind.BOUNDED_STALENESS, 0, age);
    }

    /**
     * The read sees the state just after the given revision was committed. Fails with
     * {@link dev.coord.CompactedException} if that history is gone and {@link dev.coord.FutureRevisionException} if the
     * revision is not committed.
     *
     * @param revision the revision; 0 or more
     * @return the consistency
     */
    public static Consistency at(long revision) {
        return new Consistency(Kind.AT, checkRevision(revision), Duration.ZERO);
    }

    private static long checkRevision(long revision) {
        if (revision < 0) {
            throw new IllegalArgumentException("negative revision " + revision);
        }
        return revision;
    }

    /**
     * Returns the kind of promise.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the revision of {@code atLeast} and {@code at}.
     *
     * @return the revision, 0 for the other kinds
     */
    public long revision() {
        return revision;
    }

    /**
     * Returns the age of {@code boundedStaleness}.
     *
     * @return the age, zero for the other kinds
     */
    public Duration staleness() {
        return staleness;
    }

    @Override
    public String toString() {
        return switch (kind) {
            case LINEARIZABLE, SEQUENTIAL -> kind.toString();
            case AT_LEAST, AT -> kind + "(" + revision + ")";
            case BOUNDED_STALENESS -> kind + "(" + staleness + ")";
        };
    }
}
