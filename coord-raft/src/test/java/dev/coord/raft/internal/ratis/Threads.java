package dev.coord.raft.internal.ratis;

import dev.coord.raft.testing.Eventually;
import java.util.List;
import java.util.Set;

/** Finds threads that were left behind. */
final class Threads {
    /** Daemon threads of the JDK and of Ratis that a JVM has once. */
    private static final List<String> OF_THE_JVM = List.of(
            "CompletableFutureDelayScheduler", "ForkJoinPool.commonPool", "Cleaner-", "Common-Cleaner", "timer");

    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    private Threads() {}

    static Threads now() {
        return new Threads();
    }

    void awaitNoneLeft() {
        Eventually.until(() -> "no thread left of " + left(), () -> left().isEmpty());
    }

    List<String> left() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> OF_THE_JVM.stream().noneMatch(name::startsWith))
                .sorted()
                .toList();
    }
}
