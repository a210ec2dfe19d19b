package dev.coord.bench;

import dev.coord.Coord;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A JVM that commits. Coord's has all three peers, with TCP on the loopback interface and durable logs, and a coordinator at each of
 * them, as a service would: the others look for what they have to take over.
 */
final class CommitSubject {
    private final Map<String, Subject.Work> works = new LinkedHashMap<>();
    private final Map<String, AtomicLong> counters = new HashMap<>();
    private final Path directory;
    private final List<String> urls;

    private CommitSubject(Path directory, List<String> urls) {
        this.directory = directory;
        this.urls = urls;
    }

    /**
     * Serves measurements.
     *
     * @param args a directory, the contender, and the databases' URLs
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        CommitSubject subject =
                new CommitSubject(Path.of(args[0]), List.of(args).subList(2, args.length));
        CommitContender who = CommitContender.valueOf(args[1]);
        if (who == CommitContender.COORD) {
            subject.serveCoord();
        } else {
            subject.serve(who);
        }
    }

    private void serveCoord() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        CommitPhases phases = new CommitPhases();
        try (LocalCluster cluster = LocalCluster.builder()
                .network(Network.TCP)
                .electionTimeout(Duration.ofSeconds(1))
                .directory(directory)
                .start()) {
            String leader = cluster.awaitLeader(Duration.ofSeconds(10));
            String table = CommitContender.COORD.table();
            CoordContender atLeader = new CoordContender(cluster.coord(leader), urls, threads, table, phases);
            add(CommitContender.COORD, atLeader);
            addPhases(atLeader, phases);
            for (String id : cluster.ids()) {
                if (!id.equals(leader)) {
                    add(CommitContender.COORD_FOLLOWER, follower(cluster.coord(id), threads, phases));
                }
            }
            Subject.serve(works);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Of two followers the last is measured; the other has no transactions, and looks after the rest. */
    private CoordContender follower(Coord coord, ExecutorService threads, CommitPhases phases) {
        return new CoordContender(coord, urls, threads, CommitContender.COORD_FOLLOWER.table(), phases);
    }

    private void serve(CommitContender who) throws Exception {
        List<XaPool> pools = urls.stream().map(XaPool::new).toList();
        Jta jta = switch (who) {
            case NARAYANA -> Narayana.asItComes(directory);
            case NARAYANA_TUNED -> Narayana.tuned(directory);
            default -> new Atomikos(directory, pools);
        };
        try (JtaContender contender = new JtaContender(jta, pools, who.table())) {
            add(who, contender);
            Subject.serve(works);
        }
    }

    private void add(CommitContender who, Contender contender) {
        for (int participants : CommitBench.PARTICIPANTS) {
            Load.Timed transaction = counted(who, contender, participants);
            for (int width : CommitBench.IN_FLIGHT) {
                works.put(
                        CommitBench.cell(who, participants, width),
                        window -> Load.byWorkers(width, window, transaction));
            }
        }
    }

    private Load.Timed counted(CommitContender who, Contender contender, int participants) {
        String counter = CommitBench.acknowledged(who, participants);
        AtomicLong acknowledged = counters.computeIfAbsent(counter, name -> new AtomicLong());
        works.put(counter, window -> new Load.Figures(acknowledged.get(), 0, 0));
        return worker -> {
            long took = contender.transact(participants, worker);
            acknowledged.incrementAndGet();
            return took;
        };
    }

    private void addPhases(CoordContender contender, CommitPhases phases) {
        for (int participants : CommitBench.PARTICIPANTS) {
            Load.Timed transaction = counted(CommitContender.COORD, contender, participants);
            works.put(CommitBench.phases(participants), window -> {
                phases.start();
                try {
                    return Load.byWorkers(1, window, transaction);
                } finally {
                    phases.stop();
                }
            });
        }
        for (int i = 0; i < CommitPhases.NAMES.size(); i++) {
            int phase = i;
            works.put(CommitPhases.NAMES.get(i), window -> phases.figures(phase));
        }
    }
}
