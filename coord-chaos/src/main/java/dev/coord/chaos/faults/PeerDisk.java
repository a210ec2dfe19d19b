package dev.coord.chaos.faults;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;

/**
 * The disk of one peer, through the library that is preloaded into its process: what is set here counts from the next
 * system call on. Counts outlive the process.
 */
final class PeerDisk {
    private static final int BYTES = 4096;
    private static final int RULE = 64;
    private static final int ERROR = 0;
    private static final int AFTER = 8;
    private static final int TIMES = 16;
    private static final int DELAY = 24;
    private static final int HOLD = 32;
    private static final int SEEN = 40;
    private static final int FAILED = 48;
    private static final int SLOWED = 56;

    private final Path control;
    private final Path journal;
    private final MappedByteBuffer words;

    private PeerDisk(Path control, Path journal, MappedByteBuffer words) {
        this.control = control;
        this.journal = journal;
        this.words = words;
    }

    /** Opens or creates the files by which the library is controlled; they must be on another disk. */
    static PeerDisk open(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path control = directory.resolve("control");
        try (FileChannel channel = FileChannel.open(
                control, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer words = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
            words.order(ByteOrder.nativeOrder());
            PeerDisk disk = new PeerDisk(control, directory.resolve("journal"), words);
            disk.heal();
            return disk;
        }
    }

    /** What the peer's process needs in its environment, besides the library itself. */
    Map<String, String> environment(Path data, String address) {
        return Map.of(
                "COORD_DISK_DIR", data.toAbsolutePath().normalize().toString(),
                "COORD_DISK_CONTROL", control.toString(),
                "COORD_DISK_ADDRESS", address);
    }

    /** What it needs in addition to have a journal written. */
    Map<String, String> journalled() {
        return Map.of("COORD_DISK_JOURNAL", journal.toString());
    }

    Path journal() {
        return journal;
    }

    /** Every such call fails from now on. */
    void fail(Call call, Errno error) {
        fail(call, error, 0, -1);
    }

    /** After some calls that pass, some fail. */
    void fail(Call call, Errno error, int after, int times) {
        set(call, ERROR, 0);
        set(call, AFTER, after);
        set(call, TIMES, times);
        set(call, ERROR, error.number());
    }

    /** Every such call takes this much longer. */
    void slow(Call call, Duration delay) {
        set(call, DELAY, delay.toMillis());
    }

    /** Every such call waits until the disk is healed. */
    void hold(Call call) {
        set(call, HOLD, 1);
    }

    void heal() {
        for (Call call : Call.values()) {
            for (int word : new int[] {ERROR, AFTER, TIMES, DELAY, HOLD}) {
                set(call, word, 0);
            }
        }
    }

    long seen(Call call) {
        return get(call, SEEN);
    }

    /** How many calls were made to fail. */
    long failed() {
        return sum(FAILED);
    }

    /** How many calls were slowed or held. */
    long slowed() {
        return sum(SLOWED);
    }

    private long sum(int word) {
        long sum = 0;
        for (Call call : Call.values()) {
            sum += get(call, word);
        }
        return sum;
    }

    private void set(Call call, int word, long value) {
        words.putLong(call.place() * RULE + word, value);
    }

    private long get(Call call, int word) {
        return words.getLong(call.place() * RULE + word);
    }
}
