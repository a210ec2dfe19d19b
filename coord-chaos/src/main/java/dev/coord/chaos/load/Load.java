package dev.coord.chaos.load;

import dev.coord.CoordException;
import dev.coord.chaos.Fault;
import dev.coord.chaos.Findings;
import dev.coord.chaos.wire.DriverThreads;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.testkit.history.History;
import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** All users of a run: of keys, leases, watches, locks, an election and a queue. */
public final class Load {
    private static final int GROUPS = 3;
    private static final int USERS_OF_A_GROUP = 4;
    private static final String QUEUE = "/queues/work";
    private static final Duration STOP = Duration.ofSeconds(40);
    private static final Duration CATCH_UP = Duration.ofSeconds(60);

    private final Shared shared;
    private final int locks;
    private final Availability availability = new Availability();
    private final LateLeases late = new LateLeases();
    private final QueueLedger ledger;
    private final List<Client> clients = new ArrayList<>();
    private final List<WatchClient> watchers = new ArrayList<>();
    private final List<Thread> running = new ArrayList<>();
    private final List<Thread> watching = new ArrayList<>();

    /**
     * Starts nothing yet.
     *
     * @param history where everything is noted
     * @param doors of all peers
     * @param threads that call back
     * @param findings what is wrong
     * @param seed of all chance
     * @param rate turns a second of the users of keys, all together
     * @param locks how many locks there are, with three users each
     */
    public Load(
            History history,
            List<Door> doors,
            DriverThreads threads,
            Findings findings,
            long seed,
            int rate,
            int locks) {
        this.locks = locks;
        shared = new Shared(
                new Handles(history, doors, threads),
                history,
                new Counts(),
                findings,
                new Pace(rate),
                new SplittableRandom(seed));
        ledger = new QueueLedger(findings);
    }

    /**
     * Returns when writes succeeded.
     *
     * @return filled while the load runs
     */
    public Availability availability() {
        return availability;
    }

    /**
     * Returns which leases ended late.
     *
     * @return filled while the load runs
     */
    public LateLeases late() {
        return late;
    }

    /**
     * Returns what was done.
     *
     * @return filled while the load runs
     */
    public Counts counts() {
        return shared.counts();
    }

    /**
     * Returns the fault of users who ask for too much: it is noted in the same history.
     *
     * @param inFlight how many operations a session may have in flight
     * @return the fault
     */
    public Fault overload(int inFlight) {
        return new Overload(shared, inFlight);
    }

    /** Starts all users. */
    public void start() {
        int peers = shared.handles().peers();
        for (int i = 0; i < 2; i++) {
            watchers.add(new WatchClient(i, shared));
        }
        for (int group = 0; group < GROUPS; group++) {
            KeyGroup keys = new KeyGroup(group);
            for (int user = 0; user < USERS_OF_A_GROUP; user++) {
                clients.add(new KvClient((group + user) % peers, keys, shared));
            }
        }
        for (int peer = 0; peer < peers; peer++) {
            clients.add(new Probe(peer, shared, availability));
            clients.add(new LeaseClient(peer, late, shared));
        }
        clients.add(new EndClient(0, shared));
        clients.add(new EndClient(1, shared));
        exclusive(peers);
        for (int i = 0; i < 2; i++) {
            clients.add(new QueueClient(i % peers, QUEUE, true, ledger, shared));
            clients.add(new QueueClient((i + 1) % peers, QUEUE, false, ledger, shared));
        }
        watchers.forEach(client -> watching.add(thread(client)));
        clients.forEach(client -> running.add(thread(client)));
        watching.forEach(Thread::start);
        running.forEach(Thread::start);
    }

    private void exclusive(int peers) {
        for (int lock = 0; lock < locks; lock++) {
            String path = "/locks/" + lock;
            FencedRegister register =
                    new FencedRegister("register" + path, shared.history().locks());
            for (int i = 0; i < 3; i++) {
                clients.add(new LockClient((lock + i) % peers, path, register, shared));
            }
        }
        String election = "/elections/one";
        FencedRegister register =
                new FencedRegister("register" + election, shared.history().elections());
        for (int peer = 0; peer < 3; peer++) {
            clients.add(new ElectionClient(peer % peers, election, register, shared));
        }
    }

    private static Thread thread(Client client) {
        Thread thread = new Thread(client, "user-" + client.role());
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Stops all users, when all faults are over: first those who write, then, when they have been told everything, those
     * who watch.
     *
     * @throws InterruptedException if interrupted
     */
    public void stop() throws InterruptedException {
        clients.forEach(Client::stop);
        join(running);
        finish();
        watchers.forEach(Client::stop);
        join(watching);
    }

    /**
     * Has all users of a peer give up what they hold there and close, as an application does that ends in order.
     *
     * @param peer that is to end
     * @throws InterruptedException if interrupted
     */
    public void ending(String peer) throws InterruptedException {
        shared.handles().shut(peer);
    }

    /**
     * Has users come back to a peer.
     *
     * @param peer that was started
     */
    public void started(String peer) {
        shared.handles().reopen(peer);
    }

    private void join(List<Thread> threads) throws InterruptedException {
        Deadline deadline = Deadline.after(Ticker.system(), STOP);
        for (Thread thread : threads) {
            thread.join(Math.max(1, deadline.remaining().toMillis()));
            if (thread.isAlive()) {
                shared.findings().add(thread.getName() + " hangs: " + List.of(thread.getStackTrace()));
                thread.interrupt();
            }
        }
    }

    private void finish() throws InterruptedException {
        Optional<Handle> last = shared.handles().open("last", 0, Duration.ofSeconds(30));
        if (last.isEmpty()) {
            shared.findings().add("no session could be opened when all was over");
            return;
        }
        QueueClient.drain(last.get(), QUEUE, ledger, shared);
        long revision = last.get().coord().kv().put("/last", Value.of("over"));
        Deadline deadline = Deadline.after(Ticker.system(), CATCH_UP);
        while (watchers.stream().anyMatch(watcher -> watcher.reached() < revision) && !deadline.isPast()) {
            Client.idle(Duration.ofMillis(20));
        }
        for (WatchClient watcher : watchers) {
            if (watcher.reached() < revision) {
                shared.findings()
                        .add("a watch came as far as " + watcher.reached() + ", not to " + revision + ", within "
                                + CATCH_UP);
            }
        }
        last.get().close();
        readAll();
    }

    /** Whatever was written has its place in the history of reads too, at each peer, however long ago it was. */
    private void readAll() throws InterruptedException {
        for (int peer = 0; peer < shared.handles().peers(); peer++) {
            Optional<Handle> reader = shared.handles().open("reader", peer, Duration.ofSeconds(30));
            if (reader.isEmpty()) {
                shared.findings().add("peer " + (peer + 1) + " opened no session to read all that was written");
                continue;
            }
            try {
                Kv kv = reader.get().coord().kv();
                for (String prefix : List.of("/kv/", "/probe/", "/flood/")) {
                    RangeQuery all = RangeQuery.of(KeyRange.prefix(prefix));
                    kv.range(all, Consistency.linearizable());
                    kv.range(all, Consistency.sequential());
                }
            } catch (CoordException e) {
                shared.findings().add("peer " + (peer + 1) + " did not let all be read: " + e);
            } finally {
                reader.get().close();
            }
        }
    }
}
