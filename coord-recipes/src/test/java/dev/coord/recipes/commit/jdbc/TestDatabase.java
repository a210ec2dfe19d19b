package dev.coord.recipes.commit.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** A database that is empty and nobody else's. */
interface TestDatabase {
    /** Opens a connection. */
    Connection connect() throws SQLException;

    /** Removes the database. */
    void drop() throws SQLException;
}
