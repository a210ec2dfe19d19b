package dev.coord.raft.internal.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A file that is written through this channel alone, and whose size is therefore known without asking the file system. After a failure
 * it is asked again, as nobody knows how much was written.
 *
 * <p>Not for use by several threads at once.
 */
final class SizedChannel extends FileChannel {
    private static final long UNKNOWN = -1;

    private final FileChannel file;
    private long size = UNKNOWN;

    SizedChannel(FileChannel file) {
        this.file = file;
    }

    @Override
    public long size() throws IOException {
        if (size == UNKNOWN) {
            size = file.size();
        }
        return size;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return grow(() -> file.write(source), file.position());
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return grow(() -> file.write(sources, offset, length), file.position());
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        return grow(() -> file.write(source, position), position);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        return grow(() -> file.transferFrom(source, position, count), position);
    }

    private <N extends Number> N grow(Failures.IoCall<N> write, long from) throws IOException {
        long before = size();
        size = UNKNOWN;
        N count = attempt(write);
        size = count.longValue() > 0 ? Math.max(before, from + count.longValue()) : before;
        return count;
    }

    /** An interrupt closes a file, and then this is closed too. */
    private <T> T attempt(Failures.IoCall<T> call) throws IOException {
        try {
            return call.call();
        } finally {
            if (!file.isOpen()) {
                close();
            }
        }
    }

    @Override
    public FileChannel truncate(long length) throws IOException {
        size = UNKNOWN;
        attempt(() -> file.truncate(length));
        return this;
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long length) throws IOException {
        size = UNKNOWN;
        return file.map(mode, position, length);
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        file.position(position);
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        attempt(() -> {
            file.force(metaData);
            return file;
        });
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return file.read(target);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return file.read(targets, offset, length);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return file.read(target, position);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return file.transferTo(position, count, target);
    }

    @Override
    public FileLock lock(long position, long length, boolean shared) throws IOException {
        return file.lock(position, length, shared);
    }

    @Override
    public FileLock tryLock(long position, long length, boolean shared) throws IOException {
        return file.tryLock(position, length, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }
}
