package dev.coord.examples.fencing;

import java.sql.SQLException;

/** A balance that is kept outside Coord. */
public interface Account {

    /**
     * Reads the balance.
     *
     * @return the balance
     * @throws SQLException if its database fails
     */
    int read() throws SQLException;

    /**
     * Writes the balance.
     *
     * @param balance the new one
     * @param token the fencing token of the lock under which the old one was read
     * @throws dev.coord.FencedException if the account looks at tokens and has seen a greater one; nothing is written
     * @throws SQLException if its database fails; nothing is written
     * @throws InterruptedException if interrupted while others write; nothing is written
     */
    void write(int balance, long token) throws SQLException, InterruptedException;
}
