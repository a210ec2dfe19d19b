package dev.coord.raft.internal.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentNamesTest {
    private final AtomicLong now = new AtomicLong();
    private final List<Path> forced = new ArrayList<>();

    @TempDir
    Path storage;

    private Path directory;

    @BeforeEach
    void create() throws IOException {
        directory = Files.createDirectory(storage.resolve("current"));
    }

    private SegmentNames names() {
        return new SegmentNames(storage, directory, now::get, forced::add);
    }

    /** Names that have made durable what is there, and know that it is the last change. */
    private SegmentNames settled() throws IOException {
        SegmentNames names = names();
        names.makeDurable();
        pass(51);
        names.makeDurable();
        return names;
    }

    private void pass(int millis) {
        now.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    private void change(int millis) throws IOException {
        Files.setLastModifiedTime(directory, FileTime.fromMillis(millis));
    }

    private int forcedBy(SegmentNames names) throws IOException {
        forced.clear();
        names.makeDurable();
        assertEquals(Collections.frequency(forced, storage), Collections.frequency(forced, directory));
        return forced.size() / 2;
    }

    @Test
    void whatWasThereBeforeIsMadeDurable() throws IOException {
        assertEquals(1, forcedBy(names()));
        assertEquals(List.of(storage, directory), forced);
    }

    @Test
    void withoutChangesTheDirectoryIsLeftAlone() throws IOException {
        SegmentNames names = settled();
        for (int i = 0; i < 3; i++) {
            pass(1000);
            assertEquals(0, forcedBy(names));
        }
    }

    @Test
    void aChangeIsMadeDurable() throws IOException {
        change(1);
        SegmentNames names = settled();
        change(2);
        assertEquals(1, forcedBy(names));
    }

    @Test
    void aSecondChangeThatLooksLikeTheFirstIsMadeDurable() throws IOException {
        change(1);
        SegmentNames names = names();
        names.makeDurable();
        pass(10);
        change(1);
        assertEquals(1, forcedBy(names));
        pass(51);
        assertEquals(1, forcedBy(names));
        assertEquals(0, forcedBy(names));
    }

    @Test
    void aFileSystemThatKeepsSeconds_isLookedAtForLonger() throws IOException {
        change(7000);
        SegmentNames names = names();
        names.makeDurable();
        pass(2900);
        change(7000);
        assertEquals(1, forcedBy(names));
        pass(200);
        assertEquals(1, forcedBy(names));
        assertEquals(0, forcedBy(names));
    }

    @Test
    void aFileThatIsCreatedIsAChange() throws IOException {
        change(1);
        SegmentNames names = settled();
        Files.createFile(directory.resolve("log_inprogress_7"));
        assertEquals(1, forcedBy(names));
    }

    @Test
    void whatCouldNotBeMadeDurableIsTriedAgain() throws IOException {
        List<IOException> failures = new ArrayList<>(List.of(new IOException("no"), new IOException("no")));
        SegmentNames names = new SegmentNames(storage, directory, now::get, path -> {
            if (!failures.isEmpty()) {
                throw failures.remove(0);
            }
            forced.add(path);
        });
        pass(1000);
        assertThrows(IOException.class, names::makeDurable);
        pass(51);
        assertThrows(IOException.class, names::makeDurable);
        assertEquals(1, forcedBy(names));
        assertEquals(0, forcedBy(names));
    }
}
