package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.StateMachine;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * A snapshot on disk: what {@link StateMachine.Image#writeTo} wrote, then a footer of 24 bytes: a mark, the length, and the
 * CRC-32C of what is before it.
 */
final class SnapshotFile {
    private static final long MARK = 0x434f4f5244534e31L; // COORDSN1
    private static final int FOOTER = 24;
    private static final int BUFFER = 1 << 16;

    private SnapshotFile() {}

    /** Writes a file and forces it to disk; gives up with an {@link InterruptedIOException} once told to stop. */
    static void write(Path file, StateMachine.Image image, BooleanSupplier stop) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            CRC32C crc = new CRC32C();
            OutputStream plain =
                    new BufferedOutputStream(new Stoppable(Channels.newOutputStream(channel), stop), BUFFER);
            OutputStream checked = new CheckedOutputStream(plain, crc);
            CountingStream body = new CountingStream(checked);
            image.writeTo(body);
            DataOutputStream footer = new DataOutputStream(plain);
            footer.writeLong(MARK);
            footer.writeLong(body.count);
            footer.writeLong(crc.getValue());
            footer.flush();
            channel.force(true);
        }
    }

    /** Checks a file as a whole, then restores the state from it. */
    static StateMachine.Image restore(Path file, StateMachine stateMachine) throws IOException {
        long length = verify(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            return stateMachine.restore(new Bounded(in, length));
        } catch (IOException e) {
            throw new SnapshotCorruptException("snapshot " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Returns the length of the state in the file. */
    private static long verify(Path file) throws IOException {
        long length = Files.size(file) - FOOTER;
        if (length < 0) {
            throw new SnapshotCorruptException("snapshot " + file + " is cut short");
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            long crc = checksum(in, length);
            if (in.readLong() != MARK || in.readLong() != length) {
                throw new SnapshotCorruptException("snapshot " + file + " is cut short");
            }
            if (in.readLong() != crc) {
                throw new SnapshotCorruptException("snapshot " + file + " is damaged: its checksum differs");
            }
        }
        return length;
    }

    private static long checksum(InputStream in, long length) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[BUFFER];
        for (long left = length; left > 0; ) {
            int n = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
            if (n == 0) {
                break;
            }
            crc.update(buffer, 0, n);
            left -= n;
        }
        return crc.getValue();
    }

    private static final class CountingStream extends FilterOutputStream {
        private long count;

        CountingStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }

        @Override
        public void close() throws IOException {
            // The footer is still to come.
            flush();
        }
    }

    private static final class Stoppable extends FilterOutputStream {
        private final BooleanSupplier stop;

        Stoppable(OutputStream out, BooleanSupplier stop) {
            super(out);
            this.stop = stop;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (stop.getAsBoolean()) {
                throw new InterruptedIOException("the snapshot was given up");
            }
            out.write(bytes, offset, length);
        }
    }

    private static final class Bounded extends InputStream {
        private final InputStream in;
        private long left;

        Bounded(InputStream in, long length) {
            this.in = in;
            left = length;
        }

        @Override
        public int read() throws IOException {
            if (left <= 0) {
                return -1;
            }
            left--;
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                return length == 0 ? 0 : -1;
            }
            int n = in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(n, 0);
            return n;
        }
    }
}
