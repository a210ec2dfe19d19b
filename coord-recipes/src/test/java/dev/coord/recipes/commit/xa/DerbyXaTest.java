package dev.coord.recipes.commit.xa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.commit.Vote;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.XADataSource;
import org.apache.derby.jdbc.EmbeddedXADataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DerbyXaTest extends XaContract {
    private static final String SHUT_DOWN = "08006";

    @TempDir
    private Path directory;

    @BeforeAll
    static void logWhereTestsDo() {
        System.setProperty("derby.stream.error.file", "target/derby.log");
    }

    @Override
    protected XADataSource dataSource() {
        EmbeddedXADataSource source = new EmbeddedXADataSource();
        source.setDatabaseName(directory.resolve("db").toString());
        source.setCreateDatabase("create");
        return source;
    }

    @Override
    protected Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:derby:" + directory.resolve("db") + ";create=true");
    }

    @Override
    protected void die() throws SQLException {
        try {
            DriverManager.getConnection("jdbc:derby:" + directory.resolve("db") + ";shutdown=true")
                    .close();
        } catch (SQLException e) {
            if (!SHUT_DOWN.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    @Override
    protected void drop() throws SQLException {
        die();
    }

    @Override
    protected Vote.Kind voteForReading() {
        return Vote.Kind.READ_ONLY;
    }

    @Override
    protected Optional<String> deferredUniqueTable() {
        return Optional.of("create table ordered (n int not null, constraint once primary key (n) initially deferred)");
    }

    @Test
    void preparedBranch_closed_staysInDoubt() throws Exception {
        insertAndPrepare("t1", 1, 10);

        participant.close();
        participant = open("ledger");

        assertThat(participant.recover()).containsExactly("t1");
        participant.commit(branch("t1", 1));
        assertThat(sum()).isEqualTo(10);
    }
}
