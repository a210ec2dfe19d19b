package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.Grip;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Want;
import java.util.List;

/**
 * A lock that many readers, or one writer, have at a time, granted in the order of requests. Immutable; safe for use by any
 * thread, and cheap to create.
 *
 * <p><b>What it promises.</b> While a {@link WriteLockHandle} {@linkplain WriteLockHandle#isValid() is valid} no other
 * handle of this lock is. Each grant has a greater fencing token than all before, but readers that enter together share
 * one. It is fair: nobody overtakes, so a reader
 * that comes while a writer waits, waits behind it, and readers that stand in line together enter together.
 *
 * <p><b>Tokens</b> are for writers: a resource outside Coord remembers the greatest of theirs and refuses to be written with a
 * smaller one. A reader that {@linkplain ReadLockHandle#tryUpgrade upgrades} has a new one for the time of writing.
 *
 * <p><b>Not reentrant.</b> Who has the lock to read, and asks for it to write, waits for itself: upgrade instead.
 *
 * <p><b>What it costs.</b> If nobody is in the way an acquisition is one log entry; else an entry and a watch. A release is
 * an entry, which lets in all whose turn it is, 40 at most; the next of them lets in as many. A downgrade is one entry, and
 * one of the waiter who comes in by it. An upgrade is one if there is no other reader, else two, and a wake-up for each
 * reader that leaves. How requests wait, and how they fail, is told at {@link Acquirable}.
 *
 * <p>A path is used for one kind of lock, as their keys are alike.
 */
public final class DistributedReadWriteLock {
    private final Coord coord;
    private final QueuePath queue;
    private final String text;

    private DistributedReadWriteLock(Coord coord, QueuePath queue, String text) {
        this.coord = requireNonNull(coord, "coord");
        this.queue = queue;
        this.text = requireNonNull(text, "text");
    }

    /**
     * Returns the lock of this name. Does not touch the store.
     *
     * @param coord the handle whose session is to hold the lock
     * @param path the lock's name, such as {@code /locks/catalogue}; its waiters are keys below it that begin with
     *     {@code ~}
     * @return the lock
     * @throws IllegalArgumentException if the path is no proper key, ends with {@code /}, or has a part that begins with
     *     {@code ~}
     */
    public static DistributedReadWriteLock on(Coord coord, String path) {
        return new DistributedReadWriteLock(coord, new QueuePath(requireNonNull(path, "path")), "");
    }

    /**
     * Returns the same lock, with what others are to be told of those who acquire it here.
     *
     * @param holder who or why, for operators
     * @return the lock
     */
    public DistributedReadWriteLock withHolder(String holder) {
        return new DistributedReadWriteLock(coord, queue, holder);
    }

    /**
     * Returns the lock for reading, which many have at a time.
     *
     * @return the ways to acquire it
     */
    public Acquirable<ReadLockHandle> readLock() {
        return new Read(coord, reading(queue, text));
    }

    /**
     * Returns the lock for writing, which one has at a time while nobody reads.
     *
     * @return the ways to acquire it
     */
    public Acquirable<WriteLockHandle> writeLock() {
        return new Write(coord, writing(queue, text));
    }

    static Want reading(QueuePath queue, String text) {
        return new Want(queue, Ask.of(1, text), Grip.ALL);
    }

    static Want writing(QueuePath queue, String text) {
        return new Want(queue, Ask.of(Grip.ALL, text), Grip.ALL);
    }

    private static final class Read extends Acquirable<ReadLockHandle> {
        Read(Coord coord, Want want) {
            super(coord, List.of(want));
        }

        @Override
        ReadLockHandle handle(Holding holding) {
            return new ReadLockHandle(new Grip(holding, false));
        }

        @Override
        public String toString() {
            return "DistributedReadWriteLock(" + want().queue().path() + ").readLock()";
        }
    }

    private static final class Write extends Acquirable<WriteLockHandle> {
        Write(Coord coord, Want want) {
            super(coord, List.of(want));
        }

        @Override
        WriteLockHandle handle(Holding holding) {
            return new WriteLockHandle(new Grip(holding, true));
        }

        @Override
        public String toString() {
            return "DistributedReadWriteLock(" + want().queue().path() + ").writeLock()";
        }
    }

    @Override
    public String toString() {
        return "DistributedReadWriteLock(" + queue.path() + ")";
    }
}
