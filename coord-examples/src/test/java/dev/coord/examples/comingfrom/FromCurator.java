package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.HandleState;
import dev.coord.recipes.discovery.Registration;
import dev.coord.recipes.discovery.ServiceInstance;
import dev.coord.recipes.discovery.ServiceProvider;
import dev.coord.recipes.discovery.ServiceRegistry;
import dev.coord.recipes.election.CandidateInfo;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.LeaderLatch;
import dev.coord.recipes.election.LeaderLatchListener;
import dev.coord.recipes.election.LeaderLoop;
import dev.coord.recipes.election.LeadershipTask;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.DistributedReadWriteLock;
import dev.coord.recipes.lock.DistributedSemaphore;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.MultiLock;
import dev.coord.recipes.lock.MultiLockHandle;
import dev.coord.recipes.lock.ReadLockHandle;
import dev.coord.recipes.lock.ReentrantDistributedLock;
import dev.coord.recipes.lock.ReentrantLockHandle;
import dev.coord.recipes.lock.SemaphoreHandle;
import dev.coord.recipes.lock.WaitGraph;
import dev.coord.recipes.lock.WriteLockHandle;
import dev.coord.recipes.membership.Group;
import dev.coord.recipes.membership.GroupView;
import dev.coord.recipes.membership.JoinResult;
import dev.coord.recipes.mirror.KeyMirror;
import dev.coord.recipes.mirror.MirrorListener;
import dev.coord.recipes.queue.Delivery;
import dev.coord.recipes.queue.DistributedQueue;
import dev.coord.recipes.queue.PutOptions;
import dev.coord.recipes.sync.Barrier;
import dev.coord.recipes.sync.BarrierMember;
import dev.coord.recipes.sync.DistributedLong;
import dev.coord.recipes.sync.DistributedReference;
import dev.coord.recipes.sync.DoubleBarrier;
import dev.coord.recipes.sync.SharedValue;
import dev.coord.recipes.sync.ValueListener;
import dev.coord.recipes.sync.ValueObservation;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromCurator {

    private FromCurator() {}

    static LockHandle lock(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").acquire();
    }

    static ReentrantLockHandle reenter(Coord coord) throws Exception {
        return ReentrantDistributedLock.on(coord, "/locks/a").acquire("request-7");
    }

    static Optional<LockHandle> lockInTime(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").tryAcquire(Duration.ofSeconds(2));
    }

    static void release(LockHandle lock) throws Exception {
        lock.close();
    }

    static boolean holds(LockHandle lock) throws Exception {
        return lock.isValid();
    }

    static List<WaitGraph.Queue> queues(Coord coord) throws Exception {
        return WaitGraph.of(coord, "/locks/").queues();
    }

    static CompletableFuture<Void> asked(LockHandle lock, Runnable stop) throws Exception {
        return lock.releaseRequested().thenRun(stop);
    }

    static boolean revoke(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a").requestRelease();
    }

    static ReadLockHandle read(Coord coord) throws Exception {
        return DistributedReadWriteLock.on(coord, "/locks/b").readLock().acquire();
    }

    static WriteLockHandle write(Coord coord) throws Exception {
        return DistributedReadWriteLock.on(coord, "/locks/b").writeLock().acquire();
    }

    static ReadLockHandle downgrade(WriteLockHandle writer) throws Exception {
        return writer.downgrade();
    }

    static SemaphoreHandle permits(Coord coord) throws Exception {
        return DistributedSemaphore.on(coord, "/limits/a", 10).withPermits(3).acquire();
    }

    static void limit(Coord coord) throws Exception {
        DistributedSemaphore.on(coord, "/limits/a", 10).setLimit(20);
    }

    static MultiLockHandle lockAll(Coord coord) throws Exception {
        return MultiLock.of(coord, "/locks/a", "/locks/b").acquire();
    }

    static CompletableFuture<Void> told(LockHandle lock, Runnable stop) throws Exception {
        return lock.lost().thenRun(stop);
    }

    static void warned(LockHandle lock, Consumer<HandleState> listener) throws Exception {
        lock.onStateChange(listener);
    }

    static CompletableFuture<Void> lapsed(Coord coord, Runnable stop) throws Exception {
        return coord.session().lapsed().thenRun(stop);
    }

    static TxnResult guarded(Coord coord, LockHandle lock) throws Exception {
        return coord.kv()
                .txn()
                .when(lock.guard())
                .then(Op.put("/ledger/head", "7"))
                .commit();
    }

    static boolean lead(Coord coord) throws Exception {
        return LeaderLatch.of(LeaderElection.on(coord, "/elections/a"), "n1")
                .start()
                .await();
    }

    static boolean leads(LeaderLatch latch) throws Exception {
        return latch.hasLeadership();
    }

    static LeaderLatch listen(LeaderLatch latch, LeaderLatchListener listener) throws Exception {
        return latch.listen(listener);
    }

    static Optional<LeaderInfo> leader(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").leader();
    }

    static List<CandidateInfo> candidates(Coord coord) throws Exception {
        return LeaderElection.on(coord, "/elections/a").candidates();
    }

    static void resign(LeaderLatch latch) throws Exception {
        latch.close();
    }

    static void run(Coord coord, LeadershipTask task) throws Exception {
        LeaderLoop.of(LeaderElection.on(coord, "/elections/a"), "n1", task).run();
    }

    static LeaderLoop requeue(Coord coord, LeadershipTask task) throws Exception {
        return LeaderLoop.of(LeaderElection.on(coord, "/elections/a"), "n1", task)
                .requeueing();
    }

    static boolean set(Coord coord) throws Exception {
        return Barrier.on(coord, "/barriers/a").set();
    }

    static void awaitBarrier(Coord coord) throws Exception {
        Barrier.on(coord, "/barriers/a").await();
    }

    static boolean remove(Coord coord) throws Exception {
        return Barrier.on(coord, "/barriers/a").remove();
    }

    static Optional<BarrierMember> enter(Coord coord) throws Exception {
        return DoubleBarrier.on(coord, "/barriers/b", 3).enter(Duration.ofSeconds(2));
    }

    static void leave(BarrierMember member) throws Exception {
        member.leave();
    }

    static long add(Coord coord) throws Exception {
        return DistributedLong.on(coord, "/counts/a").addAndGet(5);
    }

    static boolean compareAndSetValue(Coord coord) throws Exception {
        return DistributedReference.on(coord, "/refs/a", Codec.text()).compareAndSet("x", "y");
    }

    static OptionalLong trySet(Coord coord, long version) throws Exception {
        return SharedValue.on(coord, "/shared/a", Codec.text()).trySet(version, "x");
    }

    static ValueObservation observeValue(Coord coord, ValueListener<String> listener) throws Exception {
        return SharedValue.on(coord, "/shared/a", Codec.text()).observe(listener);
    }

    static String put(Coord coord) throws Exception {
        return DistributedQueue.on(coord, "/queues/mail", Codec.text()).put("m-1");
    }

    static String putFirst(DistributedQueue<String> queue) throws Exception {
        return queue.put("m-1", PutOptions.defaults().priority(5));
    }

    static String putLater(DistributedQueue<String> queue) throws Exception {
        return queue.put("m-1", PutOptions.defaults().delay(Duration.ofMinutes(5)));
    }

    static Delivery<String> take(DistributedQueue<String> queue) throws Exception {
        return queue.take();
    }

    static boolean ack(Delivery<String> delivery) throws Exception {
        return delivery.ack();
    }

    static TxnResult ephemeral(Coord coord) throws Exception {
        return coord.kv()
                .txn()
                .when(Guard.absent("/nodes/a"))
                .then(Op.put("/nodes/a", "data").withLease(coord.session().id()))
                .commit();
    }

    static TxnResult expiring(Coord coord) throws Exception {
        return coord.kv()
                .txn()
                .then(Op.put("/a", "1").withLease(coord.leases().grantDetached(Duration.ofSeconds(10))))
                .commit();
    }

    static Optional<Entry> readKey(Coord coord) throws Exception {
        return coord.kv().get("/config/a");
    }

    static boolean compareAndSet(Coord coord, long revision) throws Exception {
        return coord.kv().compareAndSet("/config/a", revision, Value.of("data"));
    }

    static RangeResult children(Coord coord) throws Exception {
        return coord.kv().range(RangeQuery.of(KeyRange.prefix("/nodes/")).withoutValues());
    }

    static Watch watch(Coord coord, RangeResult read, WatchListener listener) throws Exception {
        return coord.watch(
                WatchSpec.of(KeyRange.prefix("/config/"))
                        .from(read.revision() + 1)
                        .resyncing(),
                listener);
    }

    static KeyMirror<String> cache(Coord coord, MirrorListener<String> listener) throws Exception {
        return KeyMirror.of(coord, KeyRange.prefix("/config/"), Codec.text())
                .listener(listener)
                .start();
    }

    static Optional<String> cached(KeyMirror<String> mirror) throws Exception {
        return mirror.get("/config/a");
    }

    static JoinResult join(Coord coord) throws Exception {
        return Group.on(coord, "/groups/a").join("n1", Value.of("10.0.0.1:7000"));
    }

    static GroupView members(Coord coord) throws Exception {
        return Group.on(coord, "/groups/a").members();
    }

    static Optional<Registration> register(Coord coord) throws Exception {
        return ServiceRegistry.on(coord, "/services").register("mail", ServiceInstance.of("n1", "10.0.0.1:7000"));
    }

    static List<ServiceInstance> instances(Coord coord) throws Exception {
        return ServiceRegistry.on(coord, "/services").instances("mail");
    }

    static ServiceProvider provider(Coord coord) throws Exception {
        return ServiceRegistry.on(coord, "/services").provider("mail").start().awaitReady();
    }

    static Optional<ServiceInstance> pick(ServiceProvider provider) throws Exception {
        return provider.pick();
    }

    static boolean noteError(ServiceProvider provider, ServiceInstance instance) throws Exception {
        return provider.reportFailure(instance);
    }
}
