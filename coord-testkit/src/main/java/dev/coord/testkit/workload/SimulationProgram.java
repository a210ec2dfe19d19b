package dev.coord.testkit.workload;

import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * A simulation of something that needs no cluster, with a main part of its own. {@link SimulationMain} runs it as it runs a
 * {@link Workload}, by its name. Implementations are services with a public constructor without parameters, named in
 * {@code META-INF/services/dev.coord.testkit.workload.SimulationProgram}.
 */
public interface SimulationProgram {

    /**
     * Returns the name by which it is chosen.
     *
     * @return a short word, unique among programs and workloads on the class path
     */
    String name();

    /**
     * Runs. The last line it prints is {@code RESULT} and a JSON object.
     *
     * @param options those of the command line, such as {@code sim.seeds}; absent or blank if not given
     * @param out where progress and the result go
     * @return the exit status: 0 if it came to what it must
     * @throws IllegalArgumentException if an option is wrong
     * @throws InterruptedException if interrupted
     */
    int run(Properties options, PrintStream out) throws InterruptedException;

    /**
     * Runs one seed, if it goes by seeds.
     *
     * @param seed the seed
     * @return what it violates, in a line; empty if nothing
     */
    default Optional<String> probe(long seed) {
        return Optional.empty();
    }

    /**
     * Finds the programs on the class path.
     *
     * @return all of them by name
     */
    static Map<String, SimulationProgram> all() {
        Map<String, SimulationProgram> known = new TreeMap<>();
        ServiceLoader.load(SimulationProgram.class, SimulationProgram.class.getClassLoader())
                .forEach(each -> known.put(each.name(), each));
        return known;
    }
}
