package dev.coord.examples.ledger;

import dev.coord.time.Ticker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints what happens, with the seconds since the beginning. */
final class Story {
    private final PrintStream out;
    private final Ticker ticker = Ticker.system();
    private final long begin = ticker.nanos();

    Story(PrintStream out) {
        this.out = out;
    }

    long nanos() {
        return ticker.nanos() - begin;
    }

    void chapter(String title) {
        out.println();
        out.println(title);
    }

    void tell(String sentence) {
        out.println(String.format(Locale.ROOT, "%6.2f s  %s", nanos() / 1e9, sentence));
    }

    /** Says what was checked, or fails. */
    void check(boolean holds, String claim) {
        if (!holds) {
            throw new DemoFailure("this should hold, and does not: " + claim);
        }
        tell("checked: " + claim);
    }

    static long millis(long nanos) {
        return Duration.ofNanos(nanos).toMillis();
    }
}
