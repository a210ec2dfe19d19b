package dev.coord.chaos.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** A file as it is on the platter, and what was written to it since. */
final class DiskFile {
    /** What a disk writes as a whole; a write that was under way may stop between two. */
    private static final int SECTOR = 512;

    private byte[] durable;
    private int length;
    private final List<Change> pending = new ArrayList<>();

    DiskFile(byte[] content) {
        durable = content;
        length = content.length;
    }

    /** Not yet durable: data at an offset, or, without data, the length that the file was given. */
    private static final class Change {
        final long sequence;
        final int offset;
        final byte[] data;
        final boolean size;

        Change(long sequence, int offset, byte[] data, boolean size) {
            this.sequence = sequence;
            this.offset = offset;
            this.data = data;
            this.size = size;
        }
    }

    void write(long sequence, long offset, byte[] data) {
        pending.add(new Change(sequence, Math.toIntExact(offset), data, false));
    }

    void resize(long sequence, long size) {
        pending.add(new Change(sequence, Math.toIntExact(size), new byte[0], true));
    }

    /** What was changed up to there is durable now. */
    void sync(long upTo) {
        for (Change change : pending) {
            if (change.sequence <= upTo) {
                apply(change);
            }
        }
        pending.removeIf(change -> change.sequence <= upTo);
    }

    /**
     * The kernel could not write what was changed up to there, said so once, and takes it for written ever after: it is what the
     * processes read as long as the machine runs, and gone then. Only writing it anew makes it durable.
     */
    void syncFailed(long upTo) {
        pending.removeIf(change -> change.sequence <= upTo);
    }

    /** Power is lost. What is pending is lost too, or some of it had reached the platter by chance: returns the bytes lost. */
    long lose(boolean someSurvives, RandomGenerator random) {
        long lost = 0;
        for (Change change : pending) {
            if (!someSurvives || random.nextInt(3) == 0) {
                lost += change.data.length;
            } else if (change.data.length > SECTOR && random.nextBoolean()) {
                int sectors = random.nextInt(change.data.length / SECTOR);
                lost += change.data.length - sectors * SECTOR;
                apply(new Change(0, change.offset, Arrays.copyOf(change.data, sectors * SECTOR), false));
            } else {
                apply(change);
            }
        }
        pending.clear();
        return lost;
    }

    /** Everything that was written, durable or not. */
    byte[] live() {
        DiskFile copy = new DiskFile(content());
        pending.forEach(copy::apply);
        return copy.content();
    }

    byte[] content() {
        return Arrays.copyOf(durable, length);
    }

    private void apply(Change change) {
        if (change.size) {
            if (change.offset < length) {
                Arrays.fill(durable, change.offset, length, (byte) 0);
            }
            ensure(change.offset);
            length = change.offset;
        } else {
            ensure(change.offset + change.data.length);
            System.arraycopy(change.data, 0, durable, change.offset, change.data.length);
            length = Math.max(length, change.offset + change.data.length);
        }
    }

    private void ensure(int size) {
        if (size > durable.length) {
            durable = Arrays.copyOf(durable, Math.max(size, 2 * durable.length));
        }
    }
}
