package dev.coord.bench.micro;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What an operation may cost at most.
 *
 * @param title what it is about
 * @param measured the title of the operation
 * @param figure which of its figures
 * @param per the title of the operation whose figure it is to be a multiple of, if it is
 * @param bound the most that it may be
 */
record Ceiling(String title, String measured, ToDoubleFunction<Measured> figure, Optional<String> per, double bound) {
    /** JMH itself allocates some objects in each iteration, of many thousand operations; none is of less than 16 bytes. */
    private static final double NOTHING = 1;

    /**
     * A read returns the entry that the store has, of which nothing is copied, in an {@code Optional}: a header of 12 bytes and a
     * reference of 4. The peer's own threads go on meanwhile, and may come to half an object for each read.
     */
    private static final double OPTIONAL = 16 + 8;

    /**
     * A hundred times as many watches take a hundred times as long if each is looked at; by hash or tree they only fit into caches
     * less well.
     */
    private static final double FLAT = 25;

    /** How a ceiling was kept. */
    enum Outcome {
        MET,
        MISSED,
        NOT_MEASURED
    }

    static final List<Ceiling> ALL = List.of(
            allocated("a key of 1,000 is looked up without allocation", "View.get keys=1000", NOTHING),
            allocated("a key of 1,000,000 is looked up without allocation", "View.get keys=1000000", NOTHING),
            allocated("a sequential get of 1,000 keys allocates its result", "Peer.getSequential keys=1000", OPTIONAL),
            allocated(
                    "a sequential get of 1,000,000 keys allocates its result",
                    "Peer.getSequential keys=1000000",
                    OPTIONAL),
            flat("Watch.keyHit"),
            flat("Watch.keyMiss"),
            flat("Watch.prefixHit"),
            flat("Watch.prefixMiss"));

    private static Ceiling allocated(String title, String operation, double bytes) {
        return new Ceiling(title, operation, Measured::bytes, Optional.empty(), bytes);
    }

    private static Ceiling flat(String operation) {
        return new Ceiling(
                operation + " is flat: 100,000 watches to 1,000",
                operation + " watches=100000",
                Measured::nanos,
                Optional.of(operation + " watches=1000"),
                FLAT);
    }

    /** Returns what is compared with the bound; empty if it was not measured. */
    OptionalDouble value(Map<String, Measured> results) {
        Measured one = results.get(measured);
        Measured other = per.isPresent() ? results.get(per.get()) : new Measured(1, 0, 1);
        return one == null || other == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(figure.applyAsDouble(one) / figure.applyAsDouble(other));
    }

    Outcome judge(Map<String, Measured> results) {
        OptionalDouble value = value(results);
        if (value.isEmpty()) {
            return Outcome.NOT_MEASURED;
        }
        return value.getAsDouble() <= bound ? Outcome.MET : Outcome.MISSED;
    }
}
