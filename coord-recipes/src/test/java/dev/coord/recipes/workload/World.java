package dev.coord.recipes.workload;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.lease.Lease;
import dev.coord.lease.Leases;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.lock.LockTimeoutException;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.history.History;
import dev.coord.testkit.workload.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the parts of a workload share: the clients, what they have seen, and the history that all of it is recorded in. */
final class World {
    static final int COUNTERS = 2;

    /** Counts by adding; the other by its versions. */
    static final int ADDED = 1;

    static final String GUARDED = "/guarded";
    private static final int KEYS = 6;
    private static final List<Duration> SHORT_TTLS =
            List.of(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5));
    private static final List<Duration> LONG_TTLS =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofHours(12));

    final SimulatedCluster cluster;
    final History history;
    final CommittedLog log;
    private final Duration usualTtl;
    private final List<Duration> ttls;
    private final List<Client> clients = new ArrayList<>();
    private final List<Lease> leases = new ArrayList<>();
    private final List<Long> detached = new ArrayList<>();
    private final Map<String, Long> keyRevisions = new HashMap<>();
    private final long[] acknowledged = new long[COUNTERS];
    private final long[] perhaps = new long[COUNTERS];
    private int opening;
    private int processes;
    private int values;
    private long seen;
    private @Nullable AssertionError failure;

    World(SimulatedCluster cluster, long seed) {
        this.cluster = cluster;
        this.history = History.on(cluster.ticker());
        this.log = new CommittedLog(cluster, history);
        this.usualTtl = timeToLive(seed);
        this.ttls = usualTtl.toSeconds() < 10 ? SHORT_TTLS : LONG_TTLS;
    }

    /** Most seeds are about seconds, some about hours. */
    static Duration timeToLive(long seed) {
        SplittableRandom random = new SplittableRandom(seed ^ 0x5DEECE66DL);
        List<Duration> ttls = random.nextInt(6) == 0 ? LONG_TTLS : SHORT_TTLS;
        return ttls.get(random.nextInt(ttls.size()));
    }

    /** Many seeds keep so little history that watches and reads of the past lose their place. */
    static void prepare(SimulatedCluster.Builder builder, long seed) {
        SplittableRandom random = new SplittableRandom(seed ^ 0x2545F491L);
        builder.sessionTtl(timeToLive(seed));
        if (random.nextInt(3) > 0) {
            builder.history(5 + random.nextInt(100), timeToLive(seed).multipliedBy(1 + random.nextInt(20)));
        }
        if (random.nextInt(3) == 0) {
            builder.progressInterval(timeToLive(seed).dividedBy(1 + random.nextInt(4)));
        }
        builder.operationTimeout(Duration.ofMillis(500 + random.nextInt(10_000)));
    }

    static void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    // ---- the cluster

    boolean isUp(Client client) {
        return cluster.isRunning(client.peer);
    }

    Optional<String> anyPeerUp(SplittableRandom random) {
        List<String> up = cluster.ids().stream().filter(cluster::isRunning).toList();
        return up.isEmpty() ? Optional.empty() : Optional.of(up.get(random.nextInt(up.size())));
    }

    // ---- clients

    Duration timeToLive(SplittableRandom random) {
        return random.nextInt(3) > 0 ? usualTtl : ttls.get(random.nextInt(ttls.size()));
    }

    Duration longestTtl() {
        return ttls.get(ttls.size() - 1);
    }

    Duration usualTtl() {
        return usualTtl;
    }

    int clientCount() {
        clients.removeIf(Client::isOver);
        return clients.size() + opening;
    }

    List<Client> clients() {
        return clients;
    }

    void open(String peer, Duration ttl) {
        opening++;
        String process = peer + "." + ++processes;
        cluster.openAsync(peer, ttl, validity(ttl)).whenComplete((coord, error) -> {
            opening--;
            if (coord != null) {
                clients.add(new Client(peer, process, history.record(coord, process)));
            } else {
                judge(error);
            }
        });
    }

    /** Opens a session at a running peer, when faults have ended. */
    Client opened(String peer, String process) {
        return new Client(peer, process, history.record(cluster.open(peer, usualTtl), process));
    }

    /** Every other session may be ended by others long before its time, if that is not too short. */
    private Duration validity(Duration ttl) {
        Duration third = ttl.dividedBy(3);
        Duration brief = third.compareTo(Leases.MIN_TTL) >= 0 ? third : Leases.MIN_TTL;
        return processes % 2 == 0 ? brief : ttl;
    }

    /** Takes any session or lease for dead, on no evidence, and has it ended if it is silent. */
    void suspect(Client accuser, SplittableRandom random) {
        Client accused = clients.get(random.nextInt(clients.size()));
        boolean ofLease = !leases.isEmpty() && random.nextInt(3) == 0;
        long id = ofLease
                ? leases.get(random.nextInt(leases.size())).id()
                : accused.coord.session().id();
        note(accuser.coord.leases().endIfSilentAsync(id));
    }

    /** At every peer a session can be opened and something written and read. */
    void checkProgress() {
        for (String peer : cluster.ids()) {
            Coord coord = history.record(cluster.open(peer, usualTtl), peer + ".last");
            long revision = cluster.await(coord.kv().putAsync("/progress/" + peer, value()));
            cluster.await(coord.kv().getAsync("/progress/" + peer, Consistency.atLeast(revision)));
        }
    }

    void close(Client client) {
        client.closed = true;
        clients.remove(client);
        client.coord.close();
    }

    Optional<Client> anyClient(SplittableRandom random) {
        List<Client> able = new ArrayList<>();
        for (Client client : clients) {
            if (!client.isOver() && isUp(client)) {
                able.add(client);
            }
        }
        return able.isEmpty() ? Optional.empty() : Optional.of(able.get(random.nextInt(able.size())));
    }

    /** An action of some client that is able to act. */
    Action action(String name, int weight, BiConsumer<Client, SplittableRandom> run) {
        return new Action(
                name,
                weight,
                () -> !clients.isEmpty(),
                random -> anyClient(random).ifPresent(client -> {
                    try {
                        run.accept(client, random);
                    } catch (CoordException e) {
                        judge(e);
                    }
                }));
    }

    // ---- what comes of operations

    void note(CompletableFuture<?> outcome) {
        note(outcome, result -> {});
    }

    /** Goes on with a result; a failure must be one that is documented. */
    <T> void note(CompletableFuture<T> outcome, Consumer<? super T> next) {
        outcome.whenComplete((result, error) -> {
            if (error != null) {
                judge(error);
                return;
            }
            try {
                next.accept(result);
            } catch (AssertionError e) {
                fail(e);
            }
        });
    }

    private void judge(Throwable error) {
        if (!(error instanceof CoordException
                || error instanceof CancellationException
                || error instanceof LockTimeoutException)) {
            fail(new AssertionError("an undocumented error: " + error, error));
        }
    }

    /** Keeps the first failure found within a callback, from where it would get no further. */
    void fail(AssertionError error) {
        if (failure == null) {
            failure = error;
        }
    }

    void throwFailure() {
        AssertionError found = failure;
        if (found != null) {
            throw found;
        }
    }

    void counting(int counter, CompletableFuture<Long> write) {
        perhaps[counter]++;
        write.whenComplete((revision, error) -> {
            if (error == null) {
                acknowledged[counter]++;
            } else if (error instanceof CoordException known && known.outcome() == CoordException.Outcome.NOT_APPLIED) {
                perhaps[counter]--;
            } else {
                judge(error);
            }
        });
    }

    static String counterKey(int counter) {
        return "/count/" + counter;
    }

    /** A counter has counted whatever was acknowledged, once, and at most what is unknown besides. */
    void checkCounters() {
        for (int counter = 0; counter < COUNTERS; counter++) {
            long version =
                    cluster.committed(counterKey(counter)).map(Entry::version).orElse(0L);
            long least = acknowledged[counter];
            long most = perhaps[counter];
            require(
                    version >= least && version <= most,
                    () -> "not exactly once: counted to " + version + ", of " + least + " acknowledged and " + most
                            + " possible writes");
            if (counter == ADDED) {
                String value =
                        cluster.committed(counterKey(counter)).map(Entry::text).orElse("0");
                require(
                        value.equals(Long.toString(version)),
                        () -> "added up to " + value + " by " + version + " adds");
            }
        }
    }

    // ---- leases

    /** Nobody ends it before its time, which the history judges; that it does end, is judged here. */
    void detached(long lease) {
        detached.add(lease);
    }

    boolean isEveryDetachedOver() {
        detached.removeIf(lease -> !cluster.isLeaseCommitted(lease));
        return detached.isEmpty();
    }

    void hold(Lease lease) {
        leases.add(lease);
    }

    /** Its end is no surprise: somebody asked for it, and its holder may hear of it later. */
    void letGo(Lease lease) {
        leases.remove(lease);
    }

    /** Whoever takes a lease or session for valid is right. */
    void checkLeases() {
        for (Client client : clients) {
            if (!cluster.isLeaseCommitted(client.coord.session().id())) {
                require(
                        !client.coord.session().isValid(),
                        () -> "a session outlived by its holder's belief: "
                                + client.coord.session().id() + " at " + client.peer);
            }
        }
        for (int i = leases.size() - 1; i >= 0; i--) {
            Lease lease = leases.get(i);
            if (!cluster.isLeaseCommitted(lease.id())) {
                require(
                        !lease.isValid(),
                        () -> "a lease outlived by its holder's belief: " + lease.id() + " of " + lease.ttl());
            }
            if (lease.lost().isDone()) {
                leases.remove(i);
            }
        }
    }

    // ---- keys and what was seen of them

    String key(SplittableRandom random) {
        return "/k/" + (char) ('a' + random.nextInt(KEYS));
    }

    KeyRange keyRange(SplittableRandom random) {
        int from = random.nextInt(KEYS);
        int to = from + 1 + random.nextInt(KEYS - from);
        return random.nextInt(4) == 0
                ? KeyRange.key("/k/" + (char) ('a' + from))
                : KeyRange.between("/k/" + (char) ('a' + from), "/k/" + (char) ('a' + to));
    }

    Value value() {
        values++;
        // Some are numbers, to be added to.
        return Value.of((values % 3 == 0 ? "" : "v") + values);
    }

    void saw(long revision) {
        seen = Math.max(seen, revision);
    }

    void sawKey(String key, long revision) {
        keyRevisions.merge(key, revision, Math::max);
        saw(revision);
    }

    long revisionSeen() {
        return seen;
    }

    /** What a client takes for the key's revision: mostly right. */
    long revisionOf(String key) {
        long known = keyRevisions.getOrDefault(key, 0L);
        return (seen & 3) == 0
                ? known
                : cluster.committed(key).map(Entry::modRevision).orElse(known);
    }

    // ---- queues

    List<Entry> queue(String path) {
        return cluster.committed(RangeQuery.of(KeyRange.prefix(path + "/~"))).entries();
    }

    long waitersOf(String path) {
        return queue(path).size();
    }

    Optional<LeaderInfo> leaderOf(String path) {
        return cluster.committed(RangeQuery.of(KeyRange.prefix(path + "/~h"))).entries().stream()
                .findFirst()
                .map(entry -> new LeaderInfo(Ask.decode(entry.value()).text(), entry.createRevision()));
    }
}
