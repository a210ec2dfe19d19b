package dev.coord.examples.bank;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.SessionExpiredException;
import dev.coord.examples.bank.Teller.InsufficientFundsException;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Customers who have a teller move money to and fro, until they are told to stop. Whatever fails they leave at that. */
final class Traffic {
    private final ExecutorService threads = Executors.newCachedThreadPool(Traffic::daemon);
    private final List<Account> accounts;
    private final AtomicInteger moved = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Set<Teller> closed = ConcurrentHashMap.newKeySet();

    /** Has all of them move money among the accounts. */
    Traffic(List<Account> accounts) {
        this.accounts = List.copyOf(accounts);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "customer");
        thread.setDaemon(true);
        return thread;
    }

    /** Begins; completes when the teller's customers have stopped. */
    CompletableFuture<Void> through(Teller teller, long seed) {
        return CompletableFuture.runAsync(() -> run(teller, new Random(seed)), threads);
    }

    private void run(Teller teller, Random random) {
        boolean open = true;
        while (open && !closed.contains(teller)) {
            Account from = accounts.get(random.nextInt(accounts.size()));
            List<Account> elsewhere = accounts.stream()
                    .filter(account -> !account.vault().equals(from.vault()))
                    .toList();
            open = move(teller, 1 + random.nextInt(300), from, elsewhere.get(random.nextInt(elsewhere.size())));
        }
    }

    /** Returns false if the teller is there no more. */
    private boolean move(Teller teller, int amount, Account from, Account to) {
        try {
            teller.move(amount, from, to);
            moved.incrementAndGet();
        } catch (InsufficientFundsException e) {
            refused.incrementAndGet();
        } catch (ClosedException | SessionExpiredException e) {
            return false;
        } catch (SQLException | CoordException e) {
            failed.incrementAndGet();
        } catch (InterruptedException e) {
            return false;
        }
        return true;
    }

    int moved() {
        return moved.get();
    }

    /** Has no more customers come to a teller. */
    void close(Teller teller) {
        closed.add(teller);
    }

    @Override
    public String toString() {
        return moved + " transfers, " + refused + " refused for want of funds, " + failed
                + " failed or of unknown outcome";
    }
}
