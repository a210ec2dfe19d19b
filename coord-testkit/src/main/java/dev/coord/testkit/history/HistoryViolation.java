package dev.coord.testkit.history;

/** A history breaks a promise, or a checker gave up before it could tell, which is no pass. */
public final class HistoryViolation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String sentence;
    private final String timeline;
    private final boolean inconclusive;

    HistoryViolation(String sentence, String timeline, boolean inconclusive) {
        super(timeline.isEmpty() ? sentence : sentence + "\n\n" + timeline);
        this.sentence = sentence;
        this.timeline = timeline;
        this.inconclusive = inconclusive;
    }

    /**
     * Returns what was broken.
     *
     * @return one sentence
     */
    public String sentence() {
        return sentence;
    }

    /**
     * Returns the shortest counterexample found: processes as rows, time to the right.
     *
     * @return a drawing of fixed-width characters, empty if there is nothing to draw
     */
    public String timeline() {
        return timeline;
    }

    /**
     * Tells whether the checker ran out of its budget.
     *
     * @return true if the history may be right or wrong
     */
    public boolean isInconclusive() {
        return inconclusive;
    }
}
