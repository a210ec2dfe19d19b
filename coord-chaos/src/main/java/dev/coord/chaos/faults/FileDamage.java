package dev.coord.chaos.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Damage done to one file of a peer that does not run. */
final class FileDamage {

    /** What is done. */
    enum Kind {
        /** The last bytes that were written are zero, as those of a block that never reached the disk. */
        TORN_TAIL,
        BIT_FLIP,
        TRUNCATED,
        /** A sector holds zeros. */
        ZEROED_SECTOR,
        /** A sector holds what belongs elsewhere in the file. */
        MISPLACED_SECTOR,
        DELETED
    }

    private static final int SECTOR = 512;

    private final Kind kind;
    private final Path file;
    private final byte[] before;
    private final byte @Nullable [] after;

    private FileDamage(Kind kind, Path file, byte[] before, byte @Nullable [] after) {
        this.kind = kind;
        this.file = file;
        this.before = before;
        this.after = after;
    }

    /** The files of a peer that hold what it must not forget; the oldest come first. */
    static List<Path> candidates(Path data) throws IOException {
        try (Stream<Path> all = Files.walk(data)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().endsWith(".lock"))
                    .filter(file -> file.toFile().length() > 0)
                    .sorted()
                    .toList();
        }
    }

    /** Damages one file among some, so that its bytes differ. */
    static FileDamage inflict(List<Path> files, RandomGenerator random) throws IOException {
        while (true) {
            Path file = files.get(random.nextInt(files.size()));
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            byte[] before = Files.readAllBytes(file);
            byte[] after = damaged(kind, before, random);
            if (!Arrays.equals(before, after)) {
                FileDamage damage = new FileDamage(kind, file, before, after);
                damage.write(after);
                return damage;
            }
        }
    }

    private static byte @Nullable [] damaged(Kind kind, byte[] before, RandomGenerator random) {
        int used = used(before);
        byte[] after = before.clone();
        switch (kind) {
            case TORN_TAIL -> Arrays.fill(after, Math.max(0, used - 1 - random.nextInt(2 * SECTOR)), used, (byte) 0);
            case BIT_FLIP -> after[random.nextInt(Math.max(1, used))] ^= (byte) (1 << random.nextInt(8));
            case TRUNCATED -> after = Arrays.copyOf(before, random.nextInt(Math.max(1, used)));
            case ZEROED_SECTOR -> {
                int start = sector(used, random);
                Arrays.fill(after, start, Math.min(after.length, start + SECTOR), (byte) 0);
            }
            case MISPLACED_SECTOR -> {
                int from = sector(used, random);
                int to = sector(used, random);
                System.arraycopy(before, from, after, to, Math.min(SECTOR, before.length - Math.max(from, to)));
            }
            case DELETED -> {
                return null;
            }
        }
        return after;
    }

    private static int sector(int used, RandomGenerator random) {
        return SECTOR * random.nextInt(used / SECTOR + 1);
    }

    /** How much of the file was written to: the log is extended with zeros beforehand. */
    private static int used(byte[] content) {
        int used = content.length;
        while (used > 0 && content[used - 1] == 0) {
            used--;
        }
        return used;
    }

    private void write(byte @Nullable [] content) throws IOException {
        if (content == null) {
            Files.delete(file);
        } else {
            Files.write(file, content);
        }
    }

    /** Whether the damage is still there, to be asked before the peer is started on it. */
    boolean isThere() throws IOException {
        return after == null ? !Files.exists(file) : Arrays.equals(after, Files.readAllBytes(file));
    }

    void undo() throws IOException {
        write(before);
    }

    Kind kind() {
        return kind;
    }

    Path file() {
        return file;
    }

    @Override
    public String toString() {
        long differing = after == null ? before.length : Math.abs(before.length - after.length);
        for (int i = 0; after != null && i < Math.min(before.length, after.length); i++) {
            differing += before[i] == after[i] ? 0 : 1;
        }
        return kind + " of " + file.getFileName() + ", " + differing + " bytes differ";
    }
}
