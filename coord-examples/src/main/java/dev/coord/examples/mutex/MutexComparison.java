package dev.coord.examples.mutex;

import dev.coord.testkit.SimulatedCluster;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * Measures Lamport's mutual exclusion of 1978 and the lock in the replicated store on the same simulated network, with three and
 * with five peers, and lets a peer die, with and without the lock. Prints a table; times are virtual, and a message takes 10 ms on
 * average. Exits with 1 if a figure that the algorithm fixes is another, or somebody acquires who must not.
 *
 * <p>Run it with {@code mvn -q -Pdemo -DskipTests verify -Ddemo.main=dev.coord.examples.mutex.MutexComparison}.
 */
public final class MutexComparison {
    private static final List<Integer> SIZES = List.of(3, 5);
    private static final String NEVER = "never";

    private final PrintStream out;

    private MutexComparison(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the comparison.
     *
     * @param args ignored
     */
    public static void main(String[] args) {
        System.exit(run(System.out));
    }

    static int run(PrintStream out) {
        try {
            new MutexComparison(out).compare();
            return 0;
        } catch (RuntimeException e) {
            out.println("FAILED: " + e);
            return 1;
        }
    }

    private void compare() {
        List<Figures> lamport = SIZES.stream().map(this::lamport).toList();
        List<Figures> raft = SIZES.stream().map(this::raft).toList();
        out.println();
        line("", "LamportMutex", "", "DistributedLock", "");
        line("peers", "3", "5", "3", "5");
        row("messages to acquire and release", lamport, raft, Figures::messages);
        row("log entries for both", lamport, raft, figures -> Long.toString(figures.entries()));
        row("to acquire when it is free", lamport, raft, figures -> Figures.millis(figures.free()));
        row("from a release to the next grant", lamport, raft, figures -> Figures.millis(figures.handOver()));
        row("to acquire when a peer has died", lamport, raft, Figures::afterDeath);
        row("to acquire when the holder has died", lamport, raft, Figures::afterHoldersDeath);
        out.println();
        out.println(
                "All is well: 3(N-1) messages and two delays buy no log and no majority; a death stops Lamport's for good.");
    }

    private Figures lamport(int size) {
        try (Trial trial = new Trial(size)) {
            LamportContender contender = new LamportContender(trial.cluster);
            trial.begin(contender);
            long messages = trial.messages(contender);
            check(
                    messages == Trial.rounds() * 3L * (size - 1),
                    "an acquisition and its release take " + 3 * (size - 1) + " messages with " + size + " peers: "
                            + messages + " in " + Trial.rounds() + " rounds");
            return new Figures(
                    Long.toString(messages / Trial.rounds()),
                    0,
                    trial.free(contender),
                    trial.handOver(contender),
                    lamportAfterDeath(size, false),
                    lamportAfterDeath(size, true));
        }
    }

    private String lamportAfterDeath(int size, boolean ofHolder) {
        try (Trial trial = new Trial(size)) {
            LamportContender contender = new LamportContender(trial.cluster);
            trial.begin(contender);
            String dead = holderOrNot(trial, contender, ofHolder);
            String after = trial.acquireAfterCrash(contender, dead, asker(trial.cluster, dead));
            Set<String> blockedBy = contender.blockedBy(asker(trial.cluster, dead));
            check(
                    after.equals(NEVER) && blockedBy.contains(dead),
                    "nobody acquires when " + who(ofHolder) + " of " + size + " has died, and blockedBy() names it: "
                            + blockedBy);
            return after;
        }
    }

    private Figures raft(int size) {
        try (Trial trial = new Trial(size)) {
            RaftContender contender = new RaftContender(trial.cluster);
            trial.begin(contender);
            long before = contender.entries();
            long messages = trial.messages(contender);
            long entries = contender.entries() - before;
            check(entries == 2L * Trial.rounds(), "the lock takes two log entries with " + size + " peers");
            return new Figures(
                    messages / Trial.rounds() + " (+2)",
                    entries / Trial.rounds(),
                    trial.free(contender),
                    trial.handOver(contender),
                    raftAfterDeath(size, false),
                    raftAfterDeath(size, true));
        }
    }

    private String raftAfterDeath(int size, boolean ofHolder) {
        try (Trial trial = new Trial(size)) {
            RaftContender contender = new RaftContender(trial.cluster);
            trial.begin(contender);
            String dead = holderOrNot(trial, contender, ofHolder);
            String after = trial.acquireAfterCrash(contender, dead, asker(trial.cluster, dead));
            check(
                    !after.equals(NEVER),
                    "the lock is acquired " + after + " after " + who(ofHolder) + " of " + size
                            + ", the Raft leader, has died");
            return after;
        }
    }

    /** The Raft leader, so that both suffer what is worst for them; it holds or not. */
    private static String holderOrNot(Trial trial, Contender contender, boolean holds) {
        String leader = trial.cluster.leader().orElseThrow();
        if (holds) {
            trial.cluster.await(contender.acquire(leader));
        }
        return leader;
    }

    private static String asker(SimulatedCluster cluster, String dead) {
        return cluster.ids().stream().filter(id -> !id.equals(dead)).findFirst().orElseThrow();
    }

    private static String who(boolean holder) {
        return holder ? "the holder" : "a peer";
    }

    private void row(String what, List<Figures> lamport, List<Figures> raft, Function<Figures, String> figure) {
        line(
                what,
                figure.apply(lamport.get(0)),
                figure.apply(lamport.get(1)),
                figure.apply(raft.get(0)),
                figure.apply(raft.get(1)));
    }

    private void line(String what, String one, String two, String three, String four) {
        out.println(String.format(Locale.ROOT, "%-36s %14s %10s   %15s %10s", what, one, two, three, four)
                .stripTrailing());
    }

    private void check(boolean holds, String claim) {
        if (!holds) {
            throw new IllegalStateException("this should hold, and does not: " + claim);
        }
        out.println("checked: " + claim);
    }
}
