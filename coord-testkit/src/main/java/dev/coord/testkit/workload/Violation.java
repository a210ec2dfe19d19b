package dev.coord.testkit.workload;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The description of a failed seed. */
final class Violation {
    private Violation() {}

    static String describe(String workload, Outcome original, Outcome shrunk, int runs) {
        StringBuilder text = new StringBuilder();
        text.append("VIOLATION in workload ").append(workload).append(", seed ").append(original.seed());
        text.append(" (").append(original.profile()).append("), commit ").append(commit());
        text.append('\n').append(reason(shrunk));
        text.append("\nof ").append(original.steps().size()).append(" actions ");
        text.append(shrunk.steps().size())
                .append(" are needed, found in ")
                .append(runs)
                .append(" runs:\n");
        List<Step> steps = shrunk.steps();
        for (int i = 0; i < steps.size(); i++) {
            text.append(String.format("%4d. %s%n", i + 1, steps.get(i)));
        }
        if (!shrunk.story().isEmpty()) {
            text.append(shrunk.story().stripTrailing()).append('\n');
        }
        return text.append("Replay: ")
                .append(command(workload, original.seed()))
                .toString();
    }

    static String command(String workload, long seed) {
        return "mvn -q -Psim -DskipTests verify -Dsim.workload=" + workload + " -Dsim.seed=" + seed;
    }

    /** A broken promise speaks for itself; anything else needs its stack trace. */
    private static String reason(Outcome outcome) {
        Throwable failure = outcome.failure();
        if (failure instanceof AssertionError && failure.getMessage() != null) {
            return failure.getMessage();
        }
        StringWriter trace = new StringWriter();
        if (failure != null) {
            failure.printStackTrace(new PrintWriter(trace, true));
        }
        return trace.toString().stripTrailing();
    }

    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
            String name = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return name.isEmpty() ? "unknown" : name;
        } catch (IOException e) {
            return "unknown";
        }
    }
}
