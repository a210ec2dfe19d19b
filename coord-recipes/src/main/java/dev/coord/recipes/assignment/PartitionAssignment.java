package dev.coord.recipes.assignment;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Keys;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.assignment.AssignmentView.Owner;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.internal.Async;
import dev.coord.time.Scheduler.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Spreads partitions over the members of a group, so that each has one owner at most at any moment, and exactly one when
 * things are quiet. Immutable; safe for use by any thread, and cheap to create. All who join must be given the same
 * partitions and strategy: whoever of them is elected leader decides by its own. Who is given other partitions than a member
 * that is there is refused ({@link PartitionsDifferException}); the strategy is not compared.
 *
 * <p><b>How.</b> Members register, and elect a leader. The elected leader writes for each partition its <em>target</em>:
 * who is to own it. A hand-over has two steps. First the target changes, and the owner, seeing that, has its listener stop and
 * deletes its ownership; if it dies, its session's lease does that. Only then can the new owner create its own, by a
 * transaction that asks for both: that there is none, and that the target is still it. So it is the store, not the leader,
 * that decides who owns: leaders that are paused, deposed or two at a time can make for moves, not for two owners.
 *
 * <p><b>What it promises.</b> At any moment at most one {@link PartitionOwnership} of a partition
 * {@linkplain PartitionOwnership#isValid() is valid}, its tokens grow strictly, and what a paused ex-owner still does is made
 * harmless by its token and guard: see {@link dev.coord.recipes.FencedHandle}. When faults and changes have ended, every
 * partition has an owner that is a live member, as the {@link Strategy} has it. What moves when a member comes or goes is
 * bounded as the strategy says.
 *
 * <p><b>Costs.</b> A member has one watch over the whole assignment and those of one election, however many partitions there
 * are; each change is told to each member. To join and to leave are two and three writes, besides the election's. A change of
 * targets is a transaction for up to 128 partitions; a move is two small writes more, one of either owner, which share log
 * entries with others of the moment. While a partition moves nobody owns it: for two round trips and what the listener
 * takes; after a crash for the rest of the session's time to live and the {@linkplain #restartGrace grace}.
 *
 * <p><b>What stays.</b> The last member that leaves deletes the targets. If all die they stay, a small key for each partition,
 * for those who come next.
 */
public final class PartitionAssignment {
    /** The most partitions. */
    public static final int MAX_PARTITIONS = 4_096;

    /** The most members. */
    public static final int MAX_MEMBERS = 1_024;

    private final Coord coord;
    private final AssignmentPath path;
    private final Settings settings;

    private PartitionAssignment(Coord coord, AssignmentPath path, Settings settings) {
        this.coord = coord;
        this.path = path;
        this.settings = settings;
    }

    /**
     * Returns the assignment of this name. Does not touch the store.
     *
     * @param coord the handle whose session is to hold memberships and partitions
     * @param path the assignment's name, such as {@code /work/orders}; its keys are below it
     * @return the assignment, still without partitions
     * @throws IllegalArgumentException if the path is no proper key, ends with {@code /}, or has a part that begins with
     *     {@code ~}
     */
    public static PartitionAssignment on(Coord coord, String path) {
        requireNonNull(coord, "coord");
        AssignmentPath where = new AssignmentPath(path);
        LeaderElection.on(coord, where.leader()); // refuses what cannot be the path of an election
        return new PartitionAssignment(coord, where, Settings.USUAL);
    }

    private PartitionAssignment with(Settings changed) {
        return new PartitionAssignment(coord, path, changed);
    }

    /**
     * Returns the same assignment of the partitions {@code "0"}, {@code "1"} and so on.
     *
     * @param count how many, 1 to {@value #MAX_PARTITIONS}
     * @return the assignment
     * @throws IllegalArgumentException if the count is out of bounds
     */
    public PartitionAssignment partitions(int count) {
        return partitions(IntStream.range(0, Math.min(count, MAX_PARTITIONS + 1))
                .mapToObj(Integer::toString)
                .toList());
    }

    /**
     * Returns the same assignment of these partitions. If they are to change, have all participants leave that know the old
     * ones only, for they would change them back when elected.
     *
     * @param names 1 to {@value #MAX_PARTITIONS} names, not empty; those given twice count once
     * @return the assignment
     * @throws IllegalArgumentException if there are none or too many, or one cannot be part of a key
     */
    public PartitionAssignment partitions(Collection<String> names) {
        TreeSet<String> all = new TreeSet<>(names);
        if (all.isEmpty() || all.size() > MAX_PARTITIONS) {
            throw new IllegalArgumentException("no partitions, or too many; there may be 1 to " + MAX_PARTITIONS);
        }
        all.forEach(name -> checkName("partition", name, path.target(name)));
        return with(settings.withPartitions(all.stream().toList()));
    }

    private static void checkName(String what, String name, String key) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a " + what + " without a name");
        }
        Keys.check(key);
    }

    /**
     * Returns the same assignment by another strategy.
     *
     * @param strategy who is to have what; {@link Strategy#rendezvous()} bounded by 1.25 if not set
     * @return the assignment
     */
    public PartitionAssignment strategy(Strategy strategy) {
        return with(settings.withStrategy(requireNonNull(strategy, "strategy")));
    }

    /**
     * Returns the same assignment, joined with another weight.
     *
     * @param weight the share of who joins here in relation to others', 1 to {@value WeightedMember#MAX_WEIGHT}; 1 if not
     *     set
     * @return the assignment
     * @throws IllegalArgumentException if it is out of bounds
     */
    public PartitionAssignment weight(int weight) {
        return with(settings.withWeight(new WeightedMember("any", weight).weight()));
    }

    /**
     * Returns the same assignment with another grace for members that restart: for so long after the end of its session the
     * partitions of a member stay without an owner but meant for it, so that they do not move if it joins again under its
     * name. Whoever leaves in the orderly way is not waited for.
     *
     * @param grace not negative; a second if not set
     * @return the assignment
     * @throws IllegalArgumentException if it is negative
     */
    public PartitionAssignment restartGrace(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("a grace of " + grace + "; it may be zero, not negative");
        }
        return with(settings.withRestartGrace(grace));
    }

    /**
     * Returns the same assignment with another limit of how many partitions are on the move from one live member to another
     * at a time. Partitions of members that are gone move at once.
     *
     * @param count positive; 64 if not set
     * @return the assignment
     * @throws IllegalArgumentException if it is not positive
     */
    public PartitionAssignment movesAtOnce(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " moves at once; there must be one");
        }
        return with(settings.withMovesAtOnce(count));
    }

    /**
     * Returns the same assignment with another limit of how long the listener may take to
     * {@linkplain AssignmentListener#onRevoking give a partition back}.
     *
     * @param time positive; 30 s if not set
     * @return the assignment
     * @throws IllegalArgumentException if it is not positive
     */
    public PartitionAssignment revokeWithin(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("to revoke within " + time + "; it must be positive");
        }
        return with(settings.withRevokeWithin(time));
    }

    /**
     * Joins and waits until that is done. If a member of that name is there, it waits for its end: that of its session, if it
     * is what crashed before.
     *
     * @param name who joins, unique in the group
     * @param listener who is told what to own
     * @return the participant
     * @throws InterruptedException if interrupted; then it does not join
     * @throws dev.coord.CoordException as {@link #joinAsync} fails
     */
    public Participant join(String name, AssignmentListener listener) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, joinAsync(name, listener), Participant::closeAsync);
    }

    /**
     * Joins, and waits for a while until that is done.
     *
     * @param name who joins, unique in the group
     * @param listener who is told what to own
     * @param patience how long to wait
     * @return the participant, empty if it could not join in time: a member of that name was there all the time, or the store
     *     did not answer
     * @throws InterruptedException if interrupted; then it does not join
     * @throws dev.coord.CoordException as {@link #joinAsync(String, AssignmentListener)} fails
     */
    public Optional<Participant> join(String name, AssignmentListener listener, Duration patience)
            throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(
                coord, joinAsync(name, listener, patience), joined -> joined.ifPresent(Participant::closeAsync));
    }

    /**
     * Joins without waiting, if that is possible in time.
     *
     * @param name who joins, unique in the group
     * @param listener who is told what to own
     * @param patience how long to try
     * @return as {@link #join(String, AssignmentListener, Duration)}; cancel the future to give up
     */
    public CompletableFuture<Optional<Participant>> joinAsync(
            String name, AssignmentListener listener, Duration patience) {
        CompletableFuture<Participant> joining = joinAsync(name, listener);
        CompletableFuture<Optional<Participant>> result = new CompletableFuture<>();
        Timer timeout = coord.scheduler()
                .schedule(patience, () -> Async.callBack(coord, () -> result.complete(Optional.empty())));
        Async.whenDone(joining, (participant, failure) -> {
            if (participant == null) {
                result.completeExceptionally(requireNonNull(failure));
            } else if (!result.complete(Optional.of(participant))) {
                CompletableFuture<Void> ignored = participant.closeAsync();
            }
        });
        Async.whenDone(result, (outcome, failure) -> {
            timeout.cancel();
            joining.cancel(false); // nothing, if it has joined
        });
        return result;
    }

    /**
     * Joins without waiting. If a member of that name is there, that takes until its end, be it never.
     *
     * @param name who joins, unique in the group; not empty
     * @param listener who is told what to own
     * @return the participant, once it is a member; cancel the future to give up. Fails with
     *     {@link dev.coord.SessionExpiredException} if the session has ended, {@link dev.coord.ClosedException},
     *     {@link dev.coord.LimitExceededException} if there are too many members or watches; never because the store
     *     cannot be reached. {@link PartitionsDifferException} if a member is there that is given other partitions
     * @throws IllegalStateException if no partitions are set
     * @throws IllegalArgumentException if the name cannot be part of a key
     */
    public CompletableFuture<Participant> joinAsync(String name, AssignmentListener listener) {
        requireNonNull(name, "name");
        requireNonNull(listener, "listener");
        if (settings.partitions().isEmpty()) {
            throw new IllegalStateException("no partitions to assign at " + path.path() + "; set them before joining");
        }
        checkName("member", name, path.member(name));
        return new Participation(coord, path, settings, name, listener).start();
    }

    /**
     * Tells who owns what, by a linearizable read. The answer may be outdated when it arrives.
     *
     * @return the owners by partition; partitions without an owner are missing
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.UnavailableException if no Raft leader can be confirmed
     */
    public Map<String, OwnerInfo> owners() throws InterruptedException {
        Map<String, OwnerInfo> owners = new TreeMap<>();
        coord.kv().range(RangeQuery.of(path.owners())).entries().forEach(entry -> {
            Owner owner = Owner.parse(entry);
            owners.put(path.nameOf(entry.key()), new OwnerInfo(owner.member(), owner.token()));
        });
        return owners;
    }

    @Override
    public String toString() {
        return "PartitionAssignment(" + path.path() + ")";
    }
}
