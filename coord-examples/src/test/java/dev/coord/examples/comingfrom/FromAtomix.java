package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.election.CandidateInfo;
import dev.coord.recipes.election.CandidateTopics;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.LeaderListener;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.Observation;
import dev.coord.recipes.election.TopicListener;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.DistributedSemaphore;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.SemaphoreHandle;
import dev.coord.recipes.membership.Group;
import dev.coord.recipes.membership.GroupListener;
import dev.coord.recipes.membership.GroupObservation;
import dev.coord.recipes.queue.Delivery;
import dev.coord.recipes.queue.DistributedQueue;
import dev.coord.recipes.sync.CyclicBarrier;
import dev.coord.recipes.sync.DistributedLong;
import dev.coord.recipes.sync.DistributedReference;
import dev.coord.recipes.sync.IdGenerator;
import dev.coord.recipes.sync.SharedValue;
import dev.coord.recipes.sync.ValueListener;
import dev.coord.recipes.sync.ValueObservation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromAtomix {

    private FromAtomix() {}

    static LockHandle lock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").acquire();
    }

    static Optional<LockHandle> lockInTime(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").tryAcquire(Duration.ofSeconds(2));
    }

    static long token(LockHandle lock) throws Exception {
        return lock.fencingToken();
    }

    static void release(LockHandle lock) throws Exception {
        lock.close();
    }

    static Lock asLock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").asLock();
    }

    static SemaphoreHandle permits(Coord coord) throws Exception {
        return DistributedSemaphore.on(coord, "/limits/a", 10).withPermits(3).acquire();
    }

    static void limit(Coord coord) throws Exception {
        DistributedSemaphore.on(coord, "/limits/a", 10).setLimit(15);
    }

    static CompletableFuture<Leadership> campaign(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").campaignAsync("n1");
    }

    static Optional<LeaderInfo> leader(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").leader();
    }

    static List<CandidateInfo> candidates(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").candidates();
    }

    static Observation observe(Coord coord, LeaderListener listener) throws Exception {
        return LeaderElection.on(coord, "/elections/a").observe(listener);
    }

    static void withdraw(Leadership leadership) throws Exception {
        leadership.resign();
    }

    static boolean transfer(Leadership leadership) throws Exception {
        return leadership.transferTo("n2");
    }

    static CompletableFuture<Leadership> promote(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").withPriority(1).campaignAsync("n2");
    }

    static boolean stand(Coord coord, TopicListener listener) throws Exception {
        return CandidateTopics.of(coord, "/elections", "n1", listener).stand("mail");
    }

    static SortedMap<String, LeaderInfo> leaders(CandidateTopics topics) throws Exception {
        return topics.leaders();
    }

    static long count(Coord coord) throws Exception {
        return DistributedLong.on(coord, "/counts/a").incrementAndGet();
    }

    static long nextId(Coord coord) throws Exception {
        return IdGenerator.on(coord, "/ids/a", 100).next();
    }

    static boolean compareAndSet(Coord coord) throws Exception {
        return DistributedReference.on(coord, "/refs/a", Codec.text()).compareAndSet("x", "y");
    }

    static ValueObservation observeValue(Coord coord, ValueListener<String> listener) throws Exception {
        return SharedValue.on(coord, "/shared/a", Codec.text()).observe(listener);
    }

    static OptionalInt meet(Coord coord) throws Exception {
        return CyclicBarrier.on(coord, "/barriers/a", 3).await(Duration.ofSeconds(2));
    }

    static String put(Coord coord) throws Exception {
        return DistributedQueue.on(coord, "/queues/mail", Codec.text()).put("m-1");
    }

    static Optional<Delivery<String>> take(DistributedQueue<String> queue) throws Exception {
        return queue.poll(Duration.ZERO);
    }

    static boolean ack(Delivery<String> delivery) throws Exception {
        return delivery.ack();
    }

    static GroupObservation observeGroup(Coord coord, GroupListener listener) throws Exception {
        return Group.on(coord, "/groups/a").observe(listener);
    }

    static Optional<Entry> read(Coord coord) throws Exception {
        return coord.kv().get("/a/key");
    }

    static boolean replace(Coord coord, long revision) throws Exception {
        return coord.kv().compareAndSet("/a/key", revision, Value.of("2"));
    }

    static void warned(LockHandle lock, Consumer<HandleState> listener) throws Exception {
        lock.onStateChange(listener);
    }

    static CompletableFuture<Void> expired(Coord coord, Runnable reopen) throws Exception {
        return coord.session().expired().thenRun(reopen);
    }
}
