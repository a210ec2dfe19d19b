package dev.coord.bench.side;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What is asked of a figure: to be at least, or at most, so many times the best of others; or a fixed bound, if there are no
 * others.
 *
 * @param title what it is about
 * @param measured the figure
 * @param isCeiling whether it may not be more; else it may not be less
 * @param factor of the best of the others, or the bound itself
 * @param others with whom it is compared
 */
record Bar(String title, Quantity measured, boolean isCeiling, double factor, List<Quantity> others) {

    /** A figure of a contestant's work. */
    record Quantity(Contestant who, String work, Figure figure) {
        OptionalDouble in(Results results) {
            return results.median(who, work, figure);
        }
    }

    /** How a bar was met. */
    enum Outcome {
        MET,
        MISSED,
        /** Something it compares was not measured. */
        NOT_MEASURED
    }

    /**
     * What became of a bar.
     *
     * @param value what was measured, if it was
     * @param bound what was asked for, if what it rests on was measured
     * @param outcome the comparison of the two
     */
    record Verdict(Bar bar, OptionalDouble value, OptionalDouble bound, Outcome outcome) {

        /** Returns what was measured as a multiple of the best of the others; empty without others or figures. */
        OptionalDouble ratio() {
            return outcome == Outcome.NOT_MEASURED || bar.others.isEmpty()
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(value.orElseThrow() / bound.orElseThrow() * bar.factor);
        }

        /** Returns a figure of this bar's in words. */
        String text(OptionalDouble one) {
            return one.isPresent() ? bar.measured.figure().text(one.getAsDouble()) : "?";
        }
    }

    static Bar atLeast(String title, Quantity measured, double factor, Quantity... others) {
        return new Bar(title, measured, false, factor, List.of(others));
    }

    static Bar atMost(String title, Quantity measured, double factor, Quantity... others) {
        return new Bar(title, measured, true, factor, List.of(others));
    }

    Verdict judge(Results results) {
        OptionalDouble value = measured.in(results);
        OptionalDouble bound = bound(results);
        if (value.isEmpty() || bound.isEmpty()) {
            return new Verdict(this, value, bound, Outcome.NOT_MEASURED);
        }
        boolean isMet =
                isCeiling ? value.getAsDouble() <= bound.getAsDouble() : value.getAsDouble() >= bound.getAsDouble();
        return new Verdict(this, value, bound, isMet ? Outcome.MET : Outcome.MISSED);
    }

    /** Empty if one of the others is missing: it might have been the best. */
    private OptionalDouble bound(Results results) {
        if (others.isEmpty()) {
            return OptionalDouble.of(factor);
        }
        double best = isCeiling ? Double.POSITIVE_INFINITY : 0;
        for (Quantity other : others) {
            OptionalDouble one = other.in(results);
            if (one.isEmpty()) {
                return one;
            }
            best = isCeiling ? Math.min(best, one.getAsDouble()) : Math.max(best, one.getAsDouble());
        }
        return OptionalDouble.of(factor * best);
    }
}
