package dev.coord.chaos.run;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Findings;
import dev.coord.chaos.load.Counts;
import java.util.List;

/** Whether a run shows anything: green without its fault is red. */
final class Enough {
    /** A fault takes a few seconds, and its recovery a few more. */
    private static final double FAULTS_A_MINUTE = 3;

    /** Long faults take half of the time at most, on average. */
    private static final double HALF_A_MINUTE = 30;

    /** In so long each of these happens many times, whatever the faults. */
    private static final double ALL_SECONDS = 60;

    private static final List<String> ALL =
            List.of("lock grants", "elections won", "items taken", "guarded writes", "leases granted");

    private Enough() {}

    static void check(
            Settings settings, Kinds kinds, List<Event> events, long operations, double seconds, Findings findings) {
        if (operations < settings.leastRate() * seconds) {
            findings.add("too few operations: " + operations + " in " + Math.round(seconds) + " s");
        }
        if (settings.injects()) {
            faults(settings, kinds, events, seconds, findings);
        }
    }

    /** A load that never got a lock shows nothing about locks. */
    static void checkAll(Counts counts, double seconds, Findings findings) {
        if (seconds >= ALL_SECONDS) {
            for (String what : ALL) {
                if (counts.get(what) == 0) {
                    findings.add("none of the " + what + " in " + Math.round(seconds) + " s");
                }
            }
        }
    }

    private static void faults(Settings settings, Kinds kinds, List<Event> events, double seconds, Findings findings) {
        for (Event event : events) {
            if (!event.proof().happened()) {
                findings.add("the fault " + event.kind() + " of " + event.target() + " is not shown to have happened: "
                        + event.proof().evidence());
            }
        }
        for (Fault fault : kinds.chosen()) {
            if (events.stream().noneMatch(event -> event.kind().equals(fault.kind()))) {
                findings.add("the fault " + fault.kind() + " was never injected");
            }
        }
        double aMinute = Math.min(
                FAULTS_A_MINUTE, HALF_A_MINUTE / settings.longestFault().toSeconds());
        long least = Math.round(aMinute * seconds / 60);
        if (!kinds.chosen().isEmpty() && events.size() < least) {
            findings.add("too few faults: " + events.size() + " in " + Math.round(seconds) + " s");
        }
        if (settings.kinds().stream().anyMatch(kinds.notRun()::containsKey)) {
            findings.add("asked for, but not run: " + kinds.notRun());
        }
    }
}
