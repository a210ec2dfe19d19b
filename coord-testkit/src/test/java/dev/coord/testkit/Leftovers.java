package dev.coord.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.time.Deadline;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which threads there are, to find out what was left behind. */
final class Leftovers {
    private static final Duration MOMENT = Duration.ofSeconds(3);

    private final Set<Thread> threads = Thread.getAllStackTraces().keySet();

    void assertNoThreads() {
        Deadline deadline = Deadline.after(Ticker.system(), MOMENT);
        while (!threadsLeft().isEmpty() && !deadline.isPast()) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(threadsLeft()).as("threads left").isEmpty();
    }

    private Set<String> threadsLeft() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !threads.contains(thread))
                .map(Thread::getName)
                // Netty's ends by itself a second after its last use; the JDK's and JUnit's are shared by all.
                .filter(name -> Stream.of(
                                "globalEventExecutor",
                                "ForkJoinPool",
                                "CompletableFutureDelayScheduler",
                                "Cleaner",
                                "junit-")
                        .noneMatch(name::startsWith))
                .collect(Collectors.toSet());
    }
}
