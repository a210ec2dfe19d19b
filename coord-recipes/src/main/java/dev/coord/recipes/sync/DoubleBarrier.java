package dev.coord.recipes.sync;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.internal.Async;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A computation that a fixed number of members begin together and end together: nobody goes on from {@link #enter()} before
 * all have entered, nor from {@link BarrierMember#leave()} before all have left. ZooKeeper's double barrier. Immutable; safe
 * for use by any thread, and cheap to create. All members must give the same number.
 *
 * <p><b>The death of a member</b> is the end of its session in the store. Of one that waits to enter, it frees the place: the
 * others wait for somebody else to take it, or until their patience ends. Of one that has entered, it counts as leaving: so
 * nobody waits for the dead. Whoever comes when all places are taken waits for the next round, which begins when all have
 * left.
 *
 * <p><b>Costs.</b> To enter is one log entry, of the last member usually two; to leave is one. A member that waits
 * has one watch: while entering on one key for all, while leaving on one member that is still there. A member is a key; a
 * round is one more, which the last to leave deletes. If all members of a round die, that key stays until the next one
 * enters.
 *
 * <p><b>Failures</b> to enter mean that the member is not in, or is taken out in the background: {@link
 * dev.coord.SessionExpiredException}, {@link dev.coord.ClosedException}, {@link dev.coord.FencedException} if somebody
 * deleted the member's key, and, of forms with a time, {@link dev.coord.UnavailableException} if the store does not answer
 * until then; the others go on trying. No form fails with {@link dev.coord.IndeterminateException}: what is not known is
 * repeated, which does no harm.
 */
public final class DoubleBarrier {
    private final Coord coord;
    private final MemberKeys keys;
    private final int members;

    private DoubleBarrier(Coord coord, MemberKeys keys, int members) {
        this.coord = requireNonNull(coord, "coord");
        this.keys = keys;
        this.members = members;
    }

    /**
     * Returns the barrier of this name. Does not touch the store.
     *
     * @param coord the handle whose session the members live by
     * @param path the barrier's name; what it needs are keys below it that begin with {@code ~}
     * @param members how many enter and leave together, 1 or more
     * @return the barrier
     * @throws IllegalArgumentException if the number is not positive, or the path is no proper key, ends with {@code /}, or
     *     has a part that begins with {@code ~}
     */
    public static DoubleBarrier on(Coord coord, String path, int members) {
        if (members < 1) {
            throw new IllegalArgumentException(members + " members; a barrier has 1 or more");
        }
        return new DoubleBarrier(coord, new MemberKeys(path), members);
    }

    /**
     * Enters, and waits as long as it takes until all have.
     *
     * @return the member, to leave with
     * @throws InterruptedException if interrupted; then the member is not in
     */
    public BarrierMember enter() throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, enterAsync(), BarrierMember::abandon);
    }

    /**
     * Enters, and waits until all have.
     *
     * @param patience how long; if not positive, only the last member enters
     * @return the member, empty if patience ended first; then it is not in
     * @throws InterruptedException if interrupted; then the member is not in
     */
    public Optional<BarrierMember> enter(Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, enterAsync(patience), entered -> entered.ifPresent(BarrierMember::abandon));
    }

    /**
     * Enters, and waits until all have, without blocking.
     *
     * @return the member; cancel it to stay out
     */
    public CompletableFuture<BarrierMember> enterAsync() {
        // Without a time the outcome is never empty.
        return Async.map(
                () -> new Entering(coord, keys, members).start(null), Optional::orElseThrow, BarrierMember::abandon);
    }

    /**
     * Enters, and waits until all have, without blocking.
     *
     * @param patience how long; if not positive, only the last member enters
     * @return the member, empty if patience ended first; cancel it to stay out
     */
    public CompletableFuture<Optional<BarrierMember>> enterAsync(Duration patience) {
        return new Entering(coord, keys, members).start(requireNonNull(patience, "patience"));
    }

    /**
     * Tells how many members are in or wait to enter, by a linearizable read. The answer may be outdated when it arrives.
     *
     * @return 0 or more
     * @throws InterruptedException if interrupted while waiting
     */
    public int present() throws InterruptedException {
        return (int)
                coord.kv().range(RangeQuery.of(keys.members()).countedOnly()).count();
    }

    @Override
    public String toString() {
        return "DoubleBarrier(" + keys.path() + ", " + members + " members)";
    }
}
