package dev.coord.chaos.faults;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads what the preloaded library noted: one record for each call that changed something. */
final class DiskJournal {
    private static final int MAGIC = 0xc0d15c01;
    private static final int HEADER = 56;

    private DiskJournal() {}

    /** What a call did. */
    enum Type {
        START,
        CREATE,
        DATA,
        SIZE,
        SYNCED,
        SYNC_FAILED,
        RENAME,
        REMOVE,
        MKDIR
    }

    /**
     * One call.
     *
     * @param sequence its number, from 1 on in each process; of a sync, the number of the last change that it is sure to cover
     * @param inode the file
     * @param offset where data were written; the new length
     * @param first a path
     * @param second the path to which the first was renamed
     */
    record Entry(Type type, long sequence, long inode, long offset, ByteBuffer data, String first, String second) {}

    /** Hands over all entries. A last one that was cut short belongs to a call that never returned. */
    static void read(Path file, Consumer<Entry> consumer) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (InputStream plain = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new BufferedInputStream(plain, 1 << 16))) {
            for (byte[] header = in.readNBytes(HEADER); header.length == HEADER; header = in.readNBytes(HEADER)) {
                consumer.accept(entry(ByteBuffer.wrap(header).order(ByteOrder.nativeOrder()), in));
            }
        } catch (EOFException e) {
            // Killed while it was written.
        }
    }

    private static Entry entry(ByteBuffer header, DataInputStream in) throws IOException {
        if (header.getInt() != MAGIC) {
            throw new IOException("the journal of a disk is damaged");
        }
        Type type = Type.values()[header.getInt() - 1];
        long sequence = header.getLong();
        long inode = header.getLong();
        long offset = header.getLong();
        int data = Math.toIntExact(header.getLong());
        int first = Math.toIntExact(header.getLong());
        int second = Math.toIntExact(header.getLong());
        String from = text(in, first);
        String to = text(in, second);
        return new Entry(type, sequence, inode, offset, ByteBuffer.wrap(bytes(in, data)), from, to);
    }

    private static String text(DataInputStream in, int length) throws IOException {
        return new String(bytes(in, length), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in, int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }
}
