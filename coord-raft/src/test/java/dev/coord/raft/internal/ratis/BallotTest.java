package dev.coord.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BallotTest {
    private static final Ballot VOTE = new Ballot(7, "n2");

    @TempDir
    private Path root;

    private Path ours = Path.of("");
    private Path ratis = Path.of("");

    @BeforeEach
    void setUp() throws IOException {
        ours = root.resolve("coord-vote");
        ratis = root.resolve("raft-meta");
        VOTE.write(ours);
    }

    @Test
    void read_returnsWhatWasWritten() throws IOException {
        assertThat(Ballot.read(ours)).isEqualTo(VOTE);
        assertThat(Ballot.read(ratis)).isNull();
    }

    @Test
    void read_ofDamagedFile_returnsNothing() throws IOException {
        byte[] whole = Files.readAllBytes(ours);
        int read = 0;
        for (int i = 0; i < whole.length * 8; i++) {
            byte[] damaged = whole.clone();
            damaged[i / 8] ^= (byte) (1 << i % 8);
            Files.write(ours, damaged);
            Ballot found = Ballot.read(ours);
            assertThat(found == null || found.equals(VOTE))
                    .as("bit %s: %s", i, found)
                    .isTrue();
            read += found == null ? 1 : 0;
        }
        assertThat(read).isPositive();
    }

    @Test
    void repair_ofRecordThatIsEmptyOrOlderOrOfAnotherVote_replacesIt() throws IOException {
        for (String found :
                new String[] {"", "term=6\nvotedFor=n2", "term=7\nvotedFor=n3", "term=x\nvotedFor=n2", "\\u12"}) {
            Files.writeString(ratis, found);
            assertThat(VOTE.repair(ratis)).as(found).isTrue();
            assertThat(Files.readString(ratis)).contains("term=7", "votedFor=n2");
        }
    }

    @Test
    void repair_ofRecordThatIsRightOrNewer_leavesIt() throws IOException {
        for (String found : new String[] {"term=7\nvotedFor=n2", "term=8\nvotedFor="}) {
            Files.writeString(ratis, found);
            assertThat(VOTE.repair(ratis)).as(found).isFalse();
            assertThat(Files.readString(ratis)).isEqualTo(found);
        }
    }
}
