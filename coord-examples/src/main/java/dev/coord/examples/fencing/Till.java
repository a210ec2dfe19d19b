package dev.coord.examples.fencing;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import java.sql.SQLException;
import java.util.function.Consumer;

/** A service that deposits money: it reads the balance, adds to it and writes it, all under a lock. */
public final class Till {
    private final String name;
    private final Coord coord;
    private final Account account;
    private final Consumer<String> story;

    /**
     * Creates the service.
     *
     * @param name for the story
     * @param coord whose session is to hold the lock
     * @param account where the balance is kept
     * @param story is told what happens
     */
    public Till(String name, Coord coord, Account account, Consumer<String> story) {
        this.name = name;
        this.coord = coord;
        this.account = account;
        this.story = story;
    }

    /**
     * Deposits an amount.
     *
     * @param amount how much
     * @param beforeWriting what happens between the last look at the lock and the write
     * @return false if somebody else has written under a newer token: then nothing is deposited; try again
     * @throws SQLException if the account's database fails
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean deposit(int amount, Runnable beforeWriting) throws SQLException, InterruptedException {
        try (LockHandle lock = DistributedLock.on(coord, "/locks/account").acquire()) {
            int balance = account.read();
            story.accept(name + " holds the lock with token " + lock.fencingToken() + " and reads " + balance);
            if (!lock.isValid()) {
                return false;
            }
            beforeWriting.run();
            account.write(balance + amount, lock.fencingToken());
            story.accept(name + " deposits " + amount + " and writes " + (balance + amount));
            return true;
        } catch (FencedException e) {
            story.accept(name + " wants to write and is refused: " + e.getMessage());
            return false;
        }
    }
}
