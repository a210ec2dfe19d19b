package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.recipes.internal.Ask;
import dev.coord.recipes.internal.Holding;
import dev.coord.recipes.internal.QueuePath;
import dev.coord.recipes.internal.Want;
import java.util.ArrayList;
import java.util.List;

/**
 * Several locks acquired together: all of them, or none. Each is a {@link DistributedLock}, or a side of a
 * {@link DistributedReadWriteLock}, which others may acquire alone. Immutable; safe for use by any thread, and cheap to
 * create.
 *
 * <p><b>What it promises.</b> There is no moment at which some are held and others not: one transaction acquires them, and one
 * releases them. No deadlock comes of the order in which they are named: a request takes its place in all lines at one
 * revision, so of two requests one is before the other everywhere. While it waits it holds nothing, but those behind it
 * wait, even where nobody holds.
 *
 * <p><b>What it costs.</b> If all are free an acquisition is one log entry; else an entry to wait, a watch, which moves from
 * line to line, and an entry to come in by. A release is an entry, and one of each who comes in by it. While they are held
 * there is a watch for each. How requests wait, and how they fail, is told at {@link Acquirable}.
 */
public final class MultiLock extends Acquirable<MultiLockHandle> {
    /** The greatest number of locks: a transaction has room for their guards and steps. */
    public static final int MAX_PATHS = 32;

    private MultiLock(Coord coord, List<Want> wants) {
        super(coord, wants);
    }

    /**
     * Returns the locks of these names, to be acquired together. Does not touch the store.
     *
     * @param coord the handle whose session is to hold the locks
     * @param paths the names of 1 to {@value #MAX_PATHS} locks
     * @return the locks
     * @throws IllegalArgumentException if a path cannot be that of a lock, is there twice, or lies below another, or if there
     *     are too few or too many
     */
    public static MultiLock of(Coord coord, String... paths) {
        List<Want> wants = new ArrayList<>();
        for (String path : requireNonNull(paths, "paths")) {
            wants.add(Want.exclusive(queue(path), Ask.of(1, "")));
        }
        return new MultiLock(coord, checked(wants));
    }

    /**
     * Returns these locks and besides the {@linkplain DistributedReadWriteLock#readLock() reader's side} of others.
     *
     * @param paths the names of readers-writers locks
     * @return the locks
     * @throws IllegalArgumentException as {@link #of} does
     */
    public MultiLock andRead(String... paths) {
        List<Want> more = new ArrayList<>(wants());
        for (String path : requireNonNull(paths, "paths")) {
            more.add(DistributedReadWriteLock.reading(queue(path), ""));
        }
        return new MultiLock(coord(), checked(more));
    }

    /**
     * Returns these locks and besides the {@linkplain DistributedReadWriteLock#writeLock() writer's side} of others.
     *
     * @param paths the names of readers-writers locks
     * @return the locks
     * @throws IllegalArgumentException as {@link #of} does
     */
    public MultiLock andWrite(String... paths) {
        List<Want> more = new ArrayList<>(wants());
        for (String path : requireNonNull(paths, "paths")) {
            more.add(DistributedReadWriteLock.writing(queue(path), ""));
        }
        return new MultiLock(coord(), checked(more));
    }

    private static QueuePath queue(String path) {
        return new QueuePath(requireNonNull(path, "path"));
    }

    /**
     * Returns the same locks, with what others are to be told of those who acquire them here.
     *
     * @param text who or why, for operators
     * @return the locks
     */
    public MultiLock withHolder(String text) {
        requireNonNull(text, "text");
        return new MultiLock(
                coord(),
                wants().stream()
                        .map(want -> new Want(want.queue(), want.ask().withText(text), want.capacity()))
                        .toList());
    }

    private static List<Want> checked(List<Want> wants) {
        if (wants.isEmpty() || wants.size() > MAX_PATHS) {
            throw new IllegalArgumentException(wants.size() + " locks; name 1 to " + MAX_PATHS);
        }
        for (int i = 0; i < wants.size(); i++) {
            for (int j = 0; j < wants.size(); j++) {
                if (i != j) {
                    check(wants.get(i).queue().path(), wants.get(j).queue().path());
                }
            }
        }
        return wants.stream()
                .map(want -> new Want(want.queue(), want.ask().inSeveral(), want.capacity()))
                .toList();
    }

    private static void check(String path, String other) {
        if (path.equals(other)) {
            throw new IllegalArgumentException(path + " is named twice: it would wait for itself. Name each lock once");
        }
        if (path.startsWith(other + "/")) {
            throw new IllegalArgumentException(
                    path + " lies below " + other
                            + ", but a lock does not cover the paths below it: nobody could tell what is meant. Name locks apart");
        }
    }

    @Override
    MultiLockHandle handle(Holding holding) {
        return new MultiLockHandle(holding);
    }

    @Override
    public String toString() {
        return "MultiLock" + wants().stream().map(want -> want.queue().path()).toList();
    }
}
