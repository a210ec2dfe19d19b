package dev.coord.examples;

import dev.coord.time.Ticker;
import java.io.PrintStream;
import java.util.Locale;

/** Prints what an example does, with the seconds since it began, and what it checks. Safe for use by any thread. */
public final class Telling {
    private final PrintStream out;
    private final Ticker ticker = Ticker.system();
    private final long begin = ticker.nanos();

    /**
     * Begins.
     *
     * @param out where it is printed
     */
    public Telling(PrintStream out) {
        this.out = out;
    }

    /**
     * Begins a part.
     *
     * @param title its title
     */
    public void chapter(String title) {
        out.println();
        out.println(title);
    }

    /**
     * Tells what has happened.
     *
     * @param sentence in a sentence
     */
    public void tell(String sentence) {
        out.println(String.format(Locale.ROOT, "%6.2f s  %s", (ticker.nanos() - begin) / 1e9, sentence));
    }

    /**
     * Tells what was checked.
     *
     * @param holds whether it is so
     * @param claim what is
     * @throws IllegalStateException if it is not so
     */
    public void check(boolean holds, String claim) {
        if (!holds) {
            throw new IllegalStateException("this should hold, and does not: " + claim);
        }
        tell("checked: " + claim);
    }

    /**
     * Runs an example.
     *
     * @param example what it does
     * @return 0 if all went well, else 1; then it was told why
     */
    public int run(Example example) {
        try {
            example.play(this);
            return 0;
        } catch (Exception e) {
            tell("FAILED: " + e);
            e.printStackTrace(out);
            return 1;
        }
    }

    /** What an example does. */
    @FunctionalInterface
    public interface Example {
        /**
         * Plays it.
         *
         * @param telling where it tells what happens
         * @throws Exception if something is not as it should be
         */
        void play(Telling telling) throws Exception;
    }
}
