package dev.coord.examples.fencing;

import dev.coord.testkit.SimulatedCluster;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Two tills deposit money to one account under one lock, and the one that is first is stopped, as by a long garbage
 * collection, between its last look at the lock and its write. Without fencing a deposit is lost, however good the lock;
 * with fencing the late write is refused. The peers are simulated, so that a pause can be had when it is wanted, and the
 * seconds told are virtual. Exits with 1 if anything is not so.
 *
 * <p>Run it with {@code mvn -q -Pdemo -DskipTests verify -Ddemo.main=dev.coord.examples.fencing.FencingDemo}.
 */
public final class FencingDemo {
    private static final Duration SESSION_TTL = Duration.ofSeconds(5);
    private static final int FIRST = 100;
    private static final int SECOND = 10;

    private final PrintStream out;
    private final SimulatedCluster cluster;

    private FencingDemo(PrintStream out, SimulatedCluster cluster) {
        this.out = out;
        this.cluster = cluster;
    }

    /**
     * Runs the demo.
     *
     * @param args ignored
     */
    public static void main(String[] args) {
        System.exit(run(System.out));
    }

    static int run(PrintStream out) {
        try (SimulatedCluster cluster = SimulatedCluster.start(3, 7)) {
            new FencingDemo(out, cluster).play();
            return 0;
        } catch (SQLException | RuntimeException | InterruptedException e) {
            out.println("FAILED: " + e);
            return 1;
        }
    }

    private void play() throws SQLException, InterruptedException {
        chapter("An account that takes every write");
        Account plain = new PlainAccount();
        check(stopWhileWriting(plain), "the late write was taken");
        check(plain.read() == FIRST, "it holds " + FIRST + ": the deposit of " + SECOND + " is lost");

        chapter("The same, behind a FenceGuard");
        tellOfFenced(new GuardedAccount());

        chapter("The same, in a database with a JdbcFenceGuard");
        try (DatabaseAccount account = new DatabaseAccount("jdbc:h2:mem:fencing-demo")) {
            tellOfFenced(account);
        }
        chapter("All is well: the lock alone lost a deposit, the fencing token none.");
    }

    private void tellOfFenced(Account account) throws SQLException, InterruptedException {
        check(!stopWhileWriting(account), "the late write was refused");
        check(account.read() == SECOND, "it holds " + SECOND + ", which nobody overwrote");
        boolean again = till("n1", account).deposit(FIRST, () -> {});
        check(again && account.read() == FIRST + SECOND, "it holds " + (FIRST + SECOND) + ": nothing is lost");
    }

    /** One till is stopped just before it writes; meanwhile the other deposits. Tells whether the late write was taken. */
    private boolean stopWhileWriting(Account account) throws SQLException, InterruptedException {
        Till one = till("n1", account);
        Till other = till("n2", account);
        CompletableFuture<Boolean> late = cluster.run(
                "n1",
                () -> one.deposit(FIRST, () -> {
                    tell("n1 makes sure that it still holds the lock, and is stopped before it writes");
                    cluster.faults().pause("n1");
                    tell("n1 goes on, and knows of nothing");
                }));
        cluster.runUntil("the pause", SESSION_TTL, () -> !cluster.isRunning("n1"));
        check(other.deposit(SECOND, () -> {}), "the lock came free when the session of n1 had run out");
        cluster.faults().resume("n1");
        return cluster.await(late);
    }

    private Till till(String peer, Account account) {
        return new Till(peer, cluster.open(peer, SESSION_TTL), account, this::tell);
    }

    private void chapter(String title) {
        out.println();
        out.println(title);
    }

    private void tell(String sentence) {
        out.println(String.format(Locale.ROOT, "%6.2f s  %s", cluster.elapsed().toNanos() / 1e9, sentence));
    }

    private void check(boolean holds, String claim) {
        if (!holds) {
            throw new IllegalStateException("this should hold, and does not: " + claim);
        }
        tell("checked: " + claim);
    }
}
