package dev.coord.recipes.election;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.HoldListener;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Claim;
import dev.coord.recipes.internal.Follower;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.Line;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Terms;
import dev.coord.recipes.internal.Want;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An election that one candidate in the cluster wins at a time, in the order of campaigns. Immutable; safe for use by any
 * thread, and cheap to create. The "elected leader" here is the application's, not the Raft leader.
 *
 * <p><b>What it promises.</b> At any moment at most one {@link Leadership} {@linkplain Leadership#isValid() is valid},
 * terms grow strictly, and {@link Leadership#lost()} completes before the store can elect another after the session
 * lapsed. What a paused ex-leader still does is made harmless by its token and guard: see
 * {@link dev.coord.recipes.FencedHandle}. Who is elected next is decided in the store: the candidate of the
 * {@linkplain #withPriority greatest priority}, among equals the one that has stood for longest; or the one to whom the
 * leader {@linkplain Leadership#transferTo(CandidateInfo) hands over}.
 *
 * <p><b>What it costs.</b> Campaigning while nobody does: one log entry; else one to stand, and none to be elected as
 * whoever resigns or hands over elects in the entry in which it goes; after a leader's death the next spends one. When
 * somebody began to stand at that very moment, one more. A candidate has two watches of one key at its own peer, and is
 * woken when the one before it goes and when it is elected; the leader has one watch. An observer costs one watch, no
 * entries and no messages.
 *
 * <p><b>Waiting and failures</b> are those of {@link dev.coord.recipes.lock.DistributedLock}: candidates stand in line
 * in the store, each is woken once; blocking forms wait on the calling thread, dependents of futures run on the peer's
 * callback threads, and cancelling a future withdraws the candidate. No campaign fails with
 * {@link dev.coord.IndeterminateException}.
 */
public final class LeaderElection {
    private final Coord coord;
    private final QueuePath queue;
    private final int priority;
    private final @Nullable Follower follower;

    private LeaderElection(Coord coord, QueuePath queue, int priority, @Nullable Follower follower) {
        this.coord = coord;
        this.queue = queue;
        this.priority = priority;
        this.follower = follower;
    }

    /**
     * Returns the election of this name. Does not touch the store.
     *
     * @param coord the handle whose session is to hold the leadership
     * @param path the election's name, such as {@code /elections/billing}; its candidates are keys below it that begin
     *     with {@code ~}
     * @return the election
     * @throws IllegalArgumentException if the path is no proper key, ends with {@code /}, or has a part that begins with
     *     {@code ~}
     */
    public static LeaderElection on(Coord coord, String path) {
        return new LeaderElection(coord, new QueuePath(path), 0, null);
    }

    /**
     * Returns the election for candidates of a priority. When there is no leader, whoever stands with the greatest is
     * elected, among equals the one who has stood for longest: decided in the store, by who stands at that moment. Nobody
     * is deposed for a greater priority: a leader may {@linkplain Leadership#transferTo(CandidateInfo) hand over}.
     *
     * @param greater any number; 0 for those who do not say
     * @return the same election, for campaigns of that priority
     */
    public LeaderElection withPriority(int greater) {
        return new LeaderElection(coord, queue, greater, follower);
    }

    /**
     * Returns the election with a listener that is told of the campaigns through it, also those of a {@link LeaderLatch} or
     * {@link LeaderLoop} that is given it, and of what becomes of them.
     *
     * @param listener who is told, such as {@link ElectionMetrics}
     * @return the same election
     */
    public LeaderElection withListener(HoldListener listener) {
        return new LeaderElection(coord, queue, priority, new Follower(coord, listener));
    }

    /**
     * Stands for election and waits until elected.
     *
     * @param candidate what others are to be told of the leader, such as its address
     * @return the leadership
     * @throws InterruptedException if interrupted; then the candidate is withdrawn
     */
    public Leadership campaign(String candidate) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitHeld(coord, campaignAsync(candidate));
    }

    /**
     * Stands for election for a while.
     *
     * @param candidate what others are to be told of the leader, such as its address
     * @param patience how long to wait; if not positive, the election must be without candidates
     * @return the leadership, empty if others led for that long; then the candidate is withdrawn
     * @throws InterruptedException if interrupted; then the candidate is withdrawn
     */
    public Optional<Leadership> campaign(String candidate, Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.awaitIfHeld(coord, campaignAsync(candidate, patience));
    }

    /**
     * Stands for election without waiting.
     *
     * @param candidate what others are to be told of the leader, such as its address
     * @return the leadership; cancel the future to withdraw
     */
    public CompletableFuture<Leadership> campaignAsync(String candidate) {
        return claim(
                held -> won(held.orElseThrow()),
                view -> Claim.queued(
                        coord, wants(candidate), Terms.MOVABLE, holding -> view.apply(Optional.of(holding))));
    }

    /**
     * Stands for election for a while, without waiting.
     *
     * @param candidate what others are to be told of the leader, such as its address
     * @param patience how long to stand; if not positive, the election must be without candidates
     * @return the leadership, empty if others led for that long; cancel the future to withdraw
     */
    public CompletableFuture<Optional<Leadership>> campaignAsync(String candidate, Duration patience) {
        return claim(
                held -> held.map(this::won),
                view -> Claim.queuedFor(coord, wants(candidate), Terms.MOVABLE, patience, view));
    }

    private <T> CompletableFuture<T> claim(Function<Optional<Holding>, T> view, Follower.Request<T> request) {
        return follower == null ? request.make(view) : follower.follow(view, request);
    }

    /**
     * Stands for election, waits until elected, runs a task on this thread, and resigns when it is done: a {@link LeaderLoop}
     * of one run, which see for how the task is interrupted.
     *
     * @param candidate what others are to be told of the leader, such as its address
     * @param task what to do while leading
     * @return true if the task ended by itself, false if it was interrupted as the leadership was lost
     * @throws InterruptedException if interrupted by others; then the candidate is withdrawn, or has resigned
     * @throws RuntimeException what the task threw, after it has resigned
     */
    public boolean lead(String candidate, LeadershipTask task) throws InterruptedException {
        return LeaderLoop.of(this, candidate, task).runToEnd();
    }

    /**
     * Tells who leads, by a linearizable read. The answer may be outdated when it arrives.
     *
     * @return the elected leader, empty if there is none
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.UnavailableException if no Raft leader can be confirmed
     */
    public Optional<LeaderInfo> leader() throws InterruptedException {
        return leader(Consistency.linearizable());
    }

    /**
     * Tells who leads.
     *
     * @param consistency what the read promises; {@link Consistency#sequential()} answers from local memory at once
     * @return the elected leader, empty if there is none
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.CoordException as the consistency describes
     */
    public Optional<LeaderInfo> leader(Consistency consistency) throws InterruptedException {
        return leaderOf(queue, coord.kv().range(RangeQuery.of(queue.holders()), consistency));
    }

    /**
     * Tells who stands for election and does not lead, by a linearizable read. The answer may be outdated when it arrives.
     *
     * @return the candidates, in the order in which they would be elected
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.UnavailableException if no Raft leader can be confirmed
     */
    public List<CandidateInfo> candidates() throws InterruptedException {
        return candidates(Consistency.linearizable());
    }

    /**
     * Tells who stands for election and does not lead.
     *
     * @param consistency what the read promises
     * @return the candidates, in the order in which they would be elected
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.CoordException as the consistency describes
     */
    public List<CandidateInfo> candidates(Consistency consistency) throws InterruptedException {
        return candidatesOf(queue, coord.kv().range(RangeQuery.of(queue.range()), consistency));
    }

    /**
     * Tells who stands for election and does not lead, without waiting.
     *
     * @param consistency what the read promises
     * @return the candidates, in the order in which they would be elected; fails as {@link #candidates(Consistency)} does
     */
    public CompletableFuture<List<CandidateInfo>> candidatesAsync(Consistency consistency) {
        CompletableFuture<List<CandidateInfo>> found = new CompletableFuture<>();
        Async.run(() -> coord.kv().rangeAsync(RangeQuery.of(queue.range()), consistency), (state, failure) -> {
            if (state == null) {
                found.completeExceptionally(requireNonNull(failure));
            } else {
                found.complete(candidatesOf(queue, state));
            }
        });
        return found;
    }

    /**
     * Observes who leads, as this peer's replica sees it: in order, without gap, perhaps late. Does not wait.
     *
     * @param listener who is told, first of the leader of the moment
     * @return the running observation; close it when done
     */
    public Observation observe(LeaderListener listener) {
        return Observation.start(coord, queue, listener);
    }

    private List<Want> wants(String candidate) {
        Ask ask = Ask.of(1, requireNonNull(candidate, "candidate")).withPriority(priority);
        return List.of(Want.exclusive(queue, ask).ranked());
    }

    private Leadership won(Holding holding) {
        return new Leadership(holding, this);
    }

    Coord coord() {
        return coord;
    }

    private static List<CandidateInfo> candidatesOf(QueuePath queue, RangeResult state) {
        return Line.of(queue, 1, state).waiters().stream()
                .map(place -> new CandidateInfo(
                        place.id(), place.ask().text(), place.ask().priority(), place.since()))
                .toList();
    }

    static Optional<LeaderInfo> leaderOf(QueuePath queue, RangeResult holders) {
        return Line.of(queue, 1, holders).holders().stream()
                .findFirst()
                .map(place -> new LeaderInfo(place.ask().text(), place.since()));
    }

    @Override
    public String toString() {
        return "LeaderElection(" + queue.path() + ")";
    }
}
