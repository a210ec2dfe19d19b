package dev.coord.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VaultTest {
    @TempDir
    private Path directory;

    @Test
    void createWhereTheTablesAre_isRefused_andLeavesThem() throws Exception {
        System.setProperty("derby.stream.error.file", "target/derby.log");
        Vault vault = Vault.inDirectory("north", directory);
        vault.create();
        vault.open("alice", 1_000);

        assertThatThrownBy(vault::create)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("database north has a table coord_account already")
                .hasMessageContaining("give an empty database");

        assertThat(vault.total()).isEqualTo(1_000);
        vault.shutDown();
    }
}
