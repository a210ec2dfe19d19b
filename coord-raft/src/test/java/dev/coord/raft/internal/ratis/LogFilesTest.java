package dev.coord.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.ratis.protocol.RaftGroupId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTest {
    private static final RaftGroupId GROUP = RaftGroupId.randomId();

    @TempDir
    private Path root;

    private Path storage = Path.of("");
    private Path current = Path.of("");
    private LogFiles files = new LogFiles(Path.of(""), GROUP);

    @BeforeEach
    void setUp() throws IOException {
        storage = root.resolve(GROUP.getUuid().toString());
        current = Files.createDirectories(storage.resolve("current"));
        files = new LogFiles(root, GROUP);
    }

    private Ballot written() throws IOException {
        Ballot ballot = Ballot.read(storage.resolve("coord-vote"));
        assertThat(ballot).isNotNull();
        return ballot;
    }

    @Test
    void voted_aVoteThatComesLate_doesNotReplaceALaterOne() throws IOException {
        files.voted(6, "n2");
        files.voted(5, "n3");
        assertThat(written()).isEqualTo(new Ballot(6, "n2"));
        LogFiles again = new LogFiles(root, GROUP);
        again.recallVote();
        again.voted(6, "n3");
        assertThat(written()).isEqualTo(new Ballot(6, "n2"));
    }

    @Test
    void follows_aTermThatItDidNotVoteIn_isKeptWhenRatisLosesIt() throws IOException {
        files.voted(3, "n2");
        files.follows(9, "n3");
        Path ratis = Files.createFile(current.resolve("raft-meta"));
        new LogFiles(root, GROUP).recallVote();
        assertThat(Files.readString(ratis)).contains("term=9", "votedFor=n3");
    }

    @Test
    void voted_afterClose_isRefused() throws IOException {
        files.voted(6, "n2");
        files.close();
        assertThatThrownBy(() -> files.voted(7, "n2")).isInstanceOf(IOException.class);
        assertThat(written()).isEqualTo(new Ballot(6, "n2"));
    }

    @Test
    void recallVote_deletesWhatAWriteThatHungHasLeft() throws IOException {
        Path hanging = Files.createTempFile(storage, "coord-vote-", null);
        files.recallVote();
        assertThat(hanging).doesNotExist();
    }

    @Test
    void drop_thatFails_leavesALogWithoutGaps() throws IOException {
        Path first = Files.createDirectories(current.resolve("log_900-999"));
        Path undeletable = Files.createFile(first.resolve("file"));
        Path second = Files.createFile(current.resolve("log_1000-1100"));
        Path open = Files.createFile(current.resolve("log_inprogress_1101"));
        assertThatThrownBy(() -> files.drop()).isInstanceOf(DirectoryNotEmptyException.class);
        assertThat(second).doesNotExist();
        assertThat(open).doesNotExist();
        Files.delete(undeletable);
        files.drop();
        assertThat(current).isEmptyDirectory();
    }
}
