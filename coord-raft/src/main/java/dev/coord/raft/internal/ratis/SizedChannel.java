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
        long from = file.position();
        long before = growing();
        try {
            return (int) grown(before, from, file.write(source));
        } finally {
            follow();
        }
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        long from = file.position();
        long before = growing();
        try {
            return grown(before, from, file.write(sources, offset, length));
        } finally {
            follow();
        }
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        long before = growing();
        try {
            return (int) grown(before, position, file.write(source, position));
        } finally {
            follow();
        }
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        long before = growing();
        try {
            return grown(before, position, file.transferFrom(source, position, count));
        } finally {
            follow();
        }
    }

    /** Before what may end anyhow: from here on the size is not known until it has succeeded. */
    private long growing() throws IOException {
        long before = size();
        size = UNKNOWN;
        return before;
    }

    private long grown(long before, long from, long count) {
        size = count > 0 ? Math.max(before, from + count) : before;
        return count;
    }

    /** An interrupt closes a file that is being written, and then this is closed too. */
    private void follow() throws IOException {
        if (!file.isOpen()) {
            close();
        }
    }

    @Override
    public FileChannel truncate(long length) throws IOException {
        size = UNKNOWN;
        try {
            file.truncate(length);
            return this;
        } finally {
            follow();
        }
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
        try {
            file.force(metaData);
        } finally {
            follow();
        }
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
