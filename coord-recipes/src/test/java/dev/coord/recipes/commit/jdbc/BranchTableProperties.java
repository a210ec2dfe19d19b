package dev.coord.recipes.commit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.commit.Branch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** {@link BranchTable} against a naive model of the cases, on H2. */
class BranchTableProperties {
    private static final TestDatabase DATABASE = H2CommitContractTest.database();
    private static final BranchTable TABLE = BranchTable.standard("/tx");

    @BeforeContainer
    static void create() throws SQLException {
        try (Connection connection = DATABASE.connect()) {
            JdbcContract.execute(connection, TABLE.ddl());
        }
    }

    @AfterContainer
    static void drop() throws SQLException {
        DATABASE.drop();
    }

    /** One call, and whether the local transaction goes on, is committed or rolled back after it. */
    record Step(String call, String transaction, long token, String then) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> step = Combinators.combine(
                        Arbitraries.of(JdbcContract.CALLS),
                        Arbitraries.of("a", "b"),
                        Arbitraries.longs().between(0, 3),
                        Arbitraries.of("commit", "commit", "rollback", "go on"))
                .as(Step::new);
        return step.list().ofMaxSize(20);
    }

    @Property(tries = 3000)
    void anySequence_answersAsTheModelDoes(@ForAll("steps") List<Step> steps) throws SQLException {
        try (Connection connection = DATABASE.connect()) {
            connection.setAutoCommit(false);
            NaiveBranches committed = new NaiveBranches();
            NaiveBranches model = new NaiveBranches();
            for (Step step : steps) {
                Branch branch = JdbcContract.branch(step.transaction(), step.token());
                assertThat(JdbcContract.call(TABLE, connection, step.call(), branch))
                        .as(step.toString())
                        .isEqualTo(model.answer(step.call(), step.transaction(), step.token()));
                if (step.then().equals("rollback")) {
                    connection.rollback();
                    model = new NaiveBranches(committed);
                } else if (step.then().equals("commit")) {
                    connection.commit();
                    committed = new NaiveBranches(model);
                }
                assertThat(TABLE.tried(connection, "bank")).isEqualTo(triedOf(model));
            }
            JdbcContract.execute(connection, "delete from coord_branch");
            connection.commit();
        }
    }

    private static TreeSet<String> triedOf(NaiveBranches model) {
        TreeSet<String> tried = new TreeSet<>(List.of("a", "b"));
        tried.removeIf(each -> !model.state(each).equals("TRIED"));
        return tried;
    }
}
