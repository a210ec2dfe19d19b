package dev.coord.raft.internal.client;

import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Context;
import dev.coord.raft.internal.store.Proposal;
import dev.coord.raft.internal.store.Revision;
import dev.coord.raft.internal.store.Store;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.transport.MemoryNetwork;
import dev.coord.time.Scheduler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * A hub with its replica on one thread: every task of the executors and timers waits until the random choice falls on it,
 * also in the middle of a listener's call, so that a seed is an interleaving.
 */
final class WatchHubRun {
    private static final String[] KEYS = {"/a/1", "/a/2", "/b/1", "/b/2", "/c"};
    private static final KeyRange[] RANGES = {
        KeyRange.key("/a/1"),
        KeyRange.prefix("/a/"),
        KeyRange.prefix("/b/"),
        KeyRange.between("/a/2", "/b/2"),
        KeyRange.all()
    };
    private static final int MAX_DEPTH = 3;

    final SplittableRandom random;
    final TreeMap<Long, Revision> log = new TreeMap<>();
    final WatchHub hub;
    final Executor callbacks;
    int resyncs;
    int compactions;
    int jumps;
    int reopened;
    int ends;

    private final List<Runnable> tasks = new ArrayList<>();
    private final Replica replica = new Replica();
    private final StateMachine feed = replica.feed();
    private final Store leader = new Store();
    private final List<LoggedWatch> watches = new ArrayList<>();
    private long index = -1;
    private long fed = -1;
    private final List<byte[]> entries = new ArrayList<>();
    private int depth;
    private final List<AssertionError> failures = new ArrayList<>();

    WatchHubRun(long seed) {
        random = new SplittableRandom(seed);
        Executor executor = tasks::add;
        callbacks = executor;
        Scheduler scheduler = (delay, task) -> {
            tasks.add(task);
            return () -> tasks.remove(task);
        };
        PeerServices services = new PeerServices(
                () -> 0, scheduler, executor, executor, new MemoryNetwork(scheduler, 1).transport("n1"));
        hub = new WatchHub(
                new PeerContext("n1", services, Duration.ofSeconds(1)), replica, 1_000, Duration.ofSeconds(1));
        replica.addListener(hub);
    }

    /** Takes the steps, then lets everything finish and checks it. */
    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        depth = MAX_DEPTH; // From now on nothing new happens during a call.
        while (fed < index) {
            feedOne();
        }
        // Progress timers renew themselves: what is delivered must not depend on them, so they do not count.
        for (int i = 0; i < 400 && !tasks.isEmpty(); i++) {
            tasks.remove(0).run();
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        watches.forEach(LoggedWatch::checkComplete);
    }

    /** Something happens; a listener's call lets more happen before it returns. */
    void step() {
        int choice = random.nextInt(100);
        if (choice < 25) {
            write();
        } else if (choice < 45) {
            feedOne();
        } else if (choice < 80) {
            runTask();
        } else if (choice < 88) {
            watch();
        } else if (choice < 94) {
            renew();
        } else if (choice < 96) {
            compact();
        } else if (choice < 97) {
            installSnapshot();
        } else {
            watches.forEach(LoggedWatch::checkDelivered);
        }
    }

    void nested() {
        if (depth < MAX_DEPTH) {
            depth++;
            for (int i = random.nextInt(6); i > 0; i--) {
                step();
            }
            depth--;
        }
    }

    private void runTask() {
        if (!tasks.isEmpty()) {
            tasks.remove(random.nextInt(tasks.size())).run();
        }
    }

    private void write() {
        List<Op> ops = new ArrayList<>();
        for (String key : KEYS) {
            switch (random.nextInt(5)) {
                case 0 -> ops.add(Op.put(key, "v" + random.nextInt()));
                case 1 -> ops.add(Op.delete(key));
                default -> {}
            }
        }
        commit(new Command.Transact(List.of(), ops, List.of()));
    }

    private void compact() {
        long revision = leader.view().revision();
        commit(new Command.Compact(Math.max(0, revision - random.nextInt(6))));
        compactions++;
    }

    private void commit(Command command) {
        List<Proposal> batch = List.of(Proposal.sessionless(1, command));
        long before = leader.view().revision();
        index++;
        leader.apply(new Context(1, index), batch);
        entries.add(CommandCodec.encode(batch));
        View after = leader.view();
        if (after.revision() > before) {
            after.history().forEach(before + 1, (number, revision) -> log.put(number, revision) == null);
        }
    }

    private void feedOne() {
        if (fed < index) {
            fed++;
            feed.apply(1, fed, entries.get((int) fed));
        }
    }

    private void installSnapshot() {
        if (fed < index) {
            ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
            Replica other = new Replica();
            StateMachine copy = other.feed();
            for (int i = 0; i <= index; i++) {
                copy.apply(1, i, entries.get(i));
            }
            try {
                copy.image().writeTo(snapshot);
                feed.restore(new ByteArrayInputStream(snapshot.toByteArray()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            jumps += index - fed > 1 ? 1 : 0;
            fed = index;
        }
    }

    private void watch() {
        if (watches.size() < 12) {
            long present = replica.view().revision();
            long from = Math.max(1, present + 1 - random.nextInt(4));
            watches.add(new LoggedWatch(this, RANGES[random.nextInt(RANGES.length)], random.nextBoolean(), from));
        }
    }

    /** Closes a watch and opens another where it says that it stopped. */
    private void renew() {
        if (!watches.isEmpty()) {
            watches.get(random.nextInt(watches.size())).renew();
            reopened++;
        }
    }

    View view() {
        return replica.view();
    }

    /** The hub survives what a listener throws; the test must not. */
    void checked(Runnable check) {
        try {
            check.run();
        } catch (AssertionError e) {
            failures.add(e);
            throw e;
        }
    }
}
