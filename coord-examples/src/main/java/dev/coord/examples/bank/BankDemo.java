package dev.coord.examples.bank;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.examples.Telling;
import dev.coord.examples.bank.Teller.InsufficientFundsException;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import dev.coord.recipes.commit.CommitListener;
import dev.coord.recipes.commit.HeuristicOutcome;
import dev.coord.recipes.commit.TransactionStatus;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Three peers move money between accounts of two databases. Two withdrawals of all there is, at once: one gets it. Then peers are
 * killed in the middle of transfers, once before the decision and once after; another peer ends what they have begun. The total never changes. Exits with 1 if anything is not so.
 *
 * <p>The databases are Derby's, in directories. (H2 does not keep what is prepared when the connection breaks.) Give JDBC URLs of one or two
 * PostgreSQL databases to use those, with {@code max_prepared_transactions} above 0. It makes two tables there, {@code coord_account} and
 * {@code coord_transfer}, and drops them at the end if all went well; where there is one of the kind already, it does nothing.
 *
 * <p>Run it with {@code mvn -q -Pdemo -DskipTests verify -Ddemo.main=dev.coord.examples.bank.BankDemo}.
 */
public final class BankDemo {
    private static final Duration SESSION_TTL = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final int TOTAL = 4_000;

    private static final Account ALICE = new Account("north", "alice");
    private static final Account CAROL = new Account("north", "carol");
    private static final Account CASH = new Account("south", "cash");
    private static final Account BOB = new Account("south", "bob");
    private static final Account SAVINGS = new Account("north", "savings");
    private static final Account SHOP = new Account("south", "shop");

    private final Telling telling;
    private final LocalCluster cluster;
    private final List<Vault> vaults;
    private final Map<String, Teller> tellers = new TreeMap<>();
    private final Map<String, CompletableFuture<Void>> customers = new TreeMap<>();
    private final Traffic traffic = new Traffic(List.of(ALICE, CAROL, CASH, BOB));

    private BankDemo(Telling telling, LocalCluster cluster, List<Vault> vaults) {
        this.telling = telling;
        this.cluster = cluster;
        this.vaults = vaults;
    }

    /**
     * Runs the demo.
     *
     * @param args JDBC URLs of databases to use; those that are missing are made
     */
    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    static int run(PrintStream out, String... urls) {
        return new Telling(out).run(telling -> {
            Path directory = Files.createTempDirectory("coord-bank");
            System.setProperty(
                    "derby.stream.error.file", directory.resolve("derby.log").toString());
            try (LocalCluster cluster = LocalCluster.builder()
                    .network(Network.TCP)
                    .configure(peer -> peer.sessionTtl(SESSION_TTL))
                    .start()) {
                List<Vault> vaults = List.of(
                        urls.length > 0 ? new Vault("north", urls[0]) : Vault.inDirectory("north", directory),
                        urls.length > 1 ? new Vault("south", urls[1]) : Vault.inDirectory("south", directory));
                new BankDemo(telling, cluster, vaults).play();
            } finally {
                delete(directory);
            }
        });
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void play() throws Exception {
        telling.chapter("Two databases with $" + TOTAL + " in them, and three peers");
        for (Vault vault : vaults) {
            vault.create();
        }
        for (Account account : List.of(ALICE, CAROL, BOB, SAVINGS)) {
            vault(account).open(account.name(), 1_000);
        }
        for (Account account : List.of(CASH, SHOP)) {
            vault(account).open(account.name(), 0);
        }
        for (String peer : cluster.ids()) {
            hire(peer);
        }
        withdrawTwice();
        telling.chapter("Transfers by all peers at once, all the time from here on");
        List<String> peers = cluster.ids();
        for (String peer : peers) {
            customers.put(peer, traffic.through(teller(peer), peer.hashCode()));
        }
        await("transfers", () -> traffic.moved() >= 20);

        telling.chapter("A peer dies when all have prepared and nothing is decided");
        killAt(Stall.Moment.UNDECIDED, peers.get(0), 0);
        telling.chapter("A peer dies when it is decided and nobody was told");
        killAt(Stall.Moment.UNTOLD, peers.get(1), 400);

        verify(peers.get(2));
    }

    private Vault vault(Account account) {
        return vaults.stream()
                .filter(vault -> vault.name().equals(account.vault()))
                .findFirst()
                .orElseThrow();
    }

    private Teller teller(String peer) {
        return requireNonNull(tellers.get(peer));
    }

    private void hire(String peer) throws InterruptedException {
        Coord coord = cluster.coord(peer);
        tellers.put(peer, new Teller(coord, vaults, new CommitListener() {
            @Override
            public void onTakenOver(String transaction, TransactionStatus status) {
                telling.tell(peer + " takes over a transfer whose coordinator is gone: " + status);
            }
        }));
    }

    // ---- two at once

    private void withdrawTwice() throws Exception {
        telling.chapter("Two withdrawals of all that Alice has, at once, from two peers");
        List<CompletableFuture<Boolean>> withdrawals = Stream.of("n1", "n2")
                .map(peer -> CompletableFuture.supplyAsync(() -> withdraw(peer)))
                .toList();
        long paid = 0;
        for (CompletableFuture<Boolean> withdrawal : withdrawals) {
            paid += withdrawal.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) ? 1 : 0;
        }
        telling.check(paid == 1, "exactly one got the money");
        telling.check(balance(ALICE) == 0 && balance(CASH) == 1_000, "Alice has $0, and $1000 are paid out");
        checkTotal();
    }

    private boolean withdraw(String peer) {
        try {
            teller(peer).move(1_000, ALICE, CASH);
            telling.tell(peer + " pays out $1000");
            return true;
        } catch (InsufficientFundsException e) {
            telling.tell(peer + " refuses: " + e.getMessage());
            return false;
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int balance(Account account) throws SQLException {
        return vault(account).balance(account.name());
    }

    private void checkTotal() throws SQLException {
        int total = 0;
        for (Vault vault : vaults) {
            total += vault.total();
        }
        telling.check(total == TOTAL, "the total is $" + total);
    }

    // ---- crashes

    private void killAt(Stall.Moment moment, String peer, int arrives) throws Exception {
        Teller victim = teller(peer);
        closeCounter(peer); // what is to be in the middle is what the next one wants
        await("an end of what it has begun", victim::isIdle);
        CompletableFuture<String> there = vaults.stream()
                .map(vault -> victim.stall(vault.name()).at(moment))
                .reduce((one, other) -> one.thenCombine(other, (transaction, same) -> transaction))
                .orElseThrow();
        Thread customer = new Thread(() -> buy(victim), "buyer");
        customer.setDaemon(true);
        customer.start();
        String transaction = there.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        cluster.kill(peer);
        telling.tell(peer + " is dead");
        victim.disconnect(); // as the operating system would
        Teller heir = teller(cluster.ids().get(2));
        await("an end of what was begun", () -> heir.hasEnded(transaction));
        telling.check(
                balance(SHOP) == arrives && balance(SAVINGS) == 1_000 - arrives,
                arrives == 0 ? "$400 for the shop never left" : "$" + arrives + " for the shop have arrived");
        cluster.restart(peer);
        hire(peer);
        customers.put(peer, traffic.through(teller(peer), peer.hashCode()));
        telling.tell(peer + " is back; so far " + traffic);
    }

    private void closeCounter(String peer) throws Exception {
        traffic.close(teller(peer));
        requireNonNull(customers.get(peer)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void buy(Teller teller) {
        try {
            teller.move(400, SAVINGS, SHOP);
            throw new IllegalStateException("it was to die in the middle of that");
        } catch (Exception e) {
            // Its process would be dead.
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(String what, Condition condition) throws Exception {
        Coord coord = cluster.coord(cluster.ids().get(2));
        long end = coord.ticker().nanos() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (coord.ticker().nanos() > end) {
                throw new IllegalStateException("waited in vain for " + what);
            }
            CompletableFuture<Void> moment = new CompletableFuture<>();
            coord.scheduler().schedule(MOMENT, () -> moment.complete(null));
            coord.scheduler().await(moment);
        }
    }

    // ---- the end

    private void verify(String peer) throws Exception {
        telling.chapter("The books are checked");
        for (String open : cluster.ids()) {
            closeCounter(open);
        }
        await("an end of what was begun", teller(peer)::isAtRest);
        List<HeuristicOutcome> alone = teller(peer).heuristics();
        telling.check(alone.isEmpty(), "no database has decided alone" + (alone.isEmpty() ? "" : ": " + alone));
        telling.check(
                vaults.get(0).transfers() == vaults.get(1).transfers(),
                "both databases know the same number of transfers: "
                        + vaults.get(0).transfers());
        checkTotal();
        tellers.values().forEach(Teller::close);
        for (Vault vault : vaults) {
            vault.clear();
            vault.shutDown();
        }
        telling.chapter("All is well: " + traffic + "; the total never changed.");
    }
}
