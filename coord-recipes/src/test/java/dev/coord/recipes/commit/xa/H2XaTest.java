package dev.coord.recipes.commit.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.recipes.commit.Vote;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Optional;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class H2XaTest extends XaContract {
    @TempDir
    private Path directory;

    private String url() {
        return "jdbc:h2:file:" + directory.resolve("db") + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000";
    }

    @Override
    protected XADataSource dataSource() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(url());
        source.setUser("sa");
        source.setPassword("");
        return source;
    }

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), "sa", "");
    }

    @Override
    protected void die() throws SQLException {
        execute("SHUTDOWN IMMEDIATELY");
    }

    @Override
    protected void drop() throws SQLException {
        execute("SHUTDOWN");
    }

    @Override
    protected Vote.Kind voteForReading() {
        return Vote.Kind.PREPARED;
    }

    @Override
    protected Optional<String> deferredUniqueTable() {
        return Optional.empty();
    }

    @Test
    void savepoint_undoesAPart() throws Exception {
        try (Connection connection = participant.connection(new OneTransaction("t1"))) {
            insert(connection, 1, 10);
            Savepoint before = connection.setSavepoint();
            insert(connection, 2, 100);
            connection.rollback(before);
        }
        participant.prepare(branch("t1", 1));
        participant.commit(branch("t1", 1));
        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void preparedBranch_closed_staysWithItsConnection() throws Exception {
        insertAndPrepare("t1", 1, 10);

        participant.close();
        assertThat(counting.open()).as("its connection").isEqualTo(1);
        participant = open("ledger");

        assertThat(participant.recover()).containsExactly("t1");
        participant.commit(branch("t1", 1));
        assertThat(sum()).isEqualTo(10);
        counting.closeAll();
        assertThat(sum()).isEqualTo(10);
    }

    @Test
    void preparedBranch_whoseConnectionBreaks_isLost() throws Exception {
        insertAndPrepare("t1", 1, 10);

        counting.closeAll();

        try (XaParticipant heir = open("ledger")) {
            assertThat(heir.recover())
                    .as("a limit of H2: if this fails, its documentation at XaParticipant is to change")
                    .isEmpty();
            heir.commit(branch("t1", 2));
        }
        assertThat(sum()).isZero();
        assertThatThrownBy(() -> participant.commit(branch("t1", 3)))
                .as("on the broken connection")
                .isInstanceOf(Exception.class);
        participant.commit(branch("t1", 3));
        assertThat(participant.openBranches()).isZero();
    }
}
