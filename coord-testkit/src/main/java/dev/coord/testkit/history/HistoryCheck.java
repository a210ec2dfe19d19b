package dev.coord.testkit.history;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Judges histories in files again: {@code java … dev.coord.testkit.history.HistoryCheck FILE [failover-seconds]
 * [search-budget]}. Prints the verdict, and at the end a line {@code RESULT {…}}; exits with 0 if the history is right, 1 if
 * it is not or cannot be told, 2 if the file cannot be read.
 */
public final class HistoryCheck {
    private static final int RIGHT = 0;
    private static final int WRONG = 1;
    private static final int UNREADABLE = 2;

    private HistoryCheck() {}

    /**
     * Judges a file and ends the JVM.
     *
     * @param arguments the file; the longest time without a Raft leader in seconds, 5 if not given; the budget of the
     *     search for each key, which is left out if not given
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out));
    }

    static int run(String[] arguments, PrintStream out) {
        Recording recording;
        long failover;
        long budget;
        try {
            failover = arguments.length > 1 ? Long.parseLong(arguments[1]) : 5;
            budget = arguments.length > 2 ? Long.parseLong(arguments[2]) : 0;
            recording = read(arguments);
        } catch (IOException | IllegalArgumentException e) {
            out.println(e instanceof MalformedInputException ? "no UTF-8" : e.getMessage());
            out.println("RESULT " + Json.write(Codec.object("verdict", "unreadable")));
            return UNREADABLE;
        }
        Violation violation =
                new Verdict(recording, Duration.ofSeconds(failover).toNanos()).run();
        if (violation == null && budget > 0) {
            violation = new BlindCheck(recording, budget).run();
        }
        out.println(violation == null ? "No violation." : violation.error().getMessage());
        out.println("RESULT " + result(recording, violation));
        return violation == null ? RIGHT : WRONG;
    }

    private static Recording read(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 3) {
            throw new IllegalArgumentException("usage: HistoryCheck FILE [failover-seconds] [search-budget]");
        }
        Path file = Path.of(arguments[0]);
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("cannot read " + file);
        }
        return History.read(file).recording();
    }

    private static String result(Recording recording, @Nullable Violation violation) {
        String verdict = violation == null ? "right" : violation.inconclusive() ? "inconclusive" : "wrong";
        return Json.write(Codec.object(
                "verdict", verdict,
                "operations", (long) recording.operations().size(),
                "watches", (long) recording.tapes().size(),
                "claims", (long) recording.claims().size(),
                "violation", violation == null ? null : violation.sentence()));
    }
}
