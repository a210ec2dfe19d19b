package dev.coord.raft.testing;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Which threads there are, to find out what was left behind. */
public final class Threads {
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private final Set<Thread> before;

    private Threads(Set<Thread> before) {
        this.before = before;
    }

    public static Threads now() {
        return new Threads(Set.copyOf(Thread.getAllStackTraces().keySet()));
    }

    /** Fails if threads came that do not end at once. */
    public void assertNoneLeft() {
        assertNoneLeft(name -> true);
    }

    /** Fails if threads came with a name of that kind that do not end at once. */
    public void assertNoneLeft(Predicate<String> ofInterest) {
        Eventually.until(
                MOMENT,
                () -> "threads left: " + left(ofInterest),
                () -> left(ofInterest).isEmpty());
    }

    private Set<String> left(Predicate<String> ofInterest) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.isAlive())
                .map(Thread::getName)
                // Netty's ends by itself a second after its last use; the JDK's are shared by all.
                .filter(name -> !name.startsWith("globalEventExecutor") && !name.startsWith("ForkJoinPool"))
                .filter(name ->
                        !name.startsWith("CompletableFutureDelayScheduler") && !name.startsWith("process reaper"))
                .filter(name -> !name.startsWith("Cleaner"))
                .filter(ofInterest)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
