package dev.coord.chaos.run;

import dev.coord.chaos.Findings;
import dev.coord.chaos.load.LateLeases;
import dev.coord.kv.KeyRange;
import dev.coord.testkit.history.History;
import dev.coord.testkit.history.HistoryViolation;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a history judged: all of it by its revisions, and the users' keys again by search, which does not look at them. */
final class Judge {
    private static final Logger log = LoggerFactory.getLogger(Judge.class);
    private static final long BUDGET = 3_000_000;
    private static final KeyRange SAMPLE = KeyRange.prefix("/kv/");

    /** A new leader begins anew with the whole time to live, and its followers hear of an end a moment later. */
    private static final Duration LATE = Duration.ofSeconds(3);

    private final Findings findings;

    Judge(Findings findings) {
        this.findings = findings;
    }

    /** What is wrong goes to the findings; so does what cannot be told. */
    void judge(History history, Duration longestGap) {
        Duration failover = longestGap.plus(LATE);
        check("replay", () -> history.assertAll(failover));
        check("search", () -> history.assertLinearizableBlindly(BUDGET, SAMPLE));
    }

    private void check(String name, Runnable assertion) {
        try {
            assertion.run();
            log.info("{}: no violation", name);
        } catch (HistoryViolation e) {
            findings.add(name + ": " + (e.isInconclusive() ? "cannot be told: " : "") + e.getMessage());
        } catch (OutOfMemoryError e) {
            // What it took is free again, and whatever else the run has shown is told.
            findings.add(
                    name + ": cannot be told: it takes more memory; give it by -Dchaos.heap, or run for less long");
        }
    }

    void judge(LateLeases late, Duration longestGap) {
        long allowed = longestGap.plus(LATE).toNanos();
        late.all().forEach((key, seen) -> {
            long nanos = seen.seenNanos() - seen.dueNanos();
            if (nanos > allowed) {
                findings.add("the key " + key + " outlived its lease by " + nanos / 1_000_000 + " ms");
            }
        });
    }
}
