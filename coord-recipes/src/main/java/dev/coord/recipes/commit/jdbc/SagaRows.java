package dev.coord.recipes.commit.jdbc;

import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.jdbc.BranchTable.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The rows of sagas' steps: done, which may last for ever, or cancelled. */
record SagaRows(BranchRows rows) {

    /** Marks a step as done: PROCEED, DONE if it was, or REFUSED if it was cancelled before. */
    Step act(Connection connection, Branch branch) throws SQLException {
        BranchTable.check(connection, branch);
        for (int round = 0; round < BranchRows.ROUNDS; round++) {
            if (rows.insert(connection, branch, BranchState.DONE)) {
                return Step.PROCEED;
            }
            Optional<BranchState> state = rows.claim(connection, branch);
            if (state.isPresent()) {
                return state.get() == BranchState.DONE ? Step.DONE : Step.REFUSED;
            }
        }
        throw rows.invisible(branch);
    }

    /** Marks a step as cancelled, also one that was never done: PROCEED, DONE if it was, or EMPTY. */
    Step compensate(Connection connection, Branch branch) throws SQLException {
        BranchTable.check(connection, branch);
        for (int round = 0; round < BranchRows.ROUNDS; round++) {
            if (rows.end(connection, branch, BranchState.DONE, BranchState.CANCELLED)) {
                return Step.PROCEED;
            }
            Optional<BranchState> state = rows.claim(connection, branch);
            if (state.isEmpty() && rows.insert(connection, branch, BranchState.CANCELLED)) {
                return Step.EMPTY;
            }
            if (state.equals(Optional.of(BranchState.CANCELLED))) {
                return Step.DONE;
            }
        }
        throw rows.invisible(branch);
    }
}
