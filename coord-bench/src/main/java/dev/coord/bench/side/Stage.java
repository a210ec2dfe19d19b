package dev.coord.bench.side;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is measured with the same systems running. Within a round each work is done by all in turn: A B C, and the next.
 *
 * @param name by which it can be asked for
 * @param mode how systems are set up
 * @param heap of each JVM
 * @param isFresh whether all are started anew for each round, and not warmed up
 * @param tasks in order
 */
record Stage(String name, Mode mode, String heap, boolean isFresh, List<Task> tasks) {

    /**
     * A work and who does it.
     *
     * @param work its name
     * @param shown what is looked at, first what matters most
     * @param who in order
     */
    record Task(String work, List<Figure> shown, List<Contestant> who) {}

    /** Returns what has to run. */
    Set<Contestant> hosts() {
        return tasks.stream()
                .flatMap(task -> task.who().stream())
                .map(Contestant::host)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
