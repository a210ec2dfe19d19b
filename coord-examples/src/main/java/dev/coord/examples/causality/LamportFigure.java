package dev.coord.examples.causality;

import static dev.coord.recipes.causality.Causality.BEFORE;
import static dev.coord.recipes.causality.Causality.CONCURRENT;

import dev.coord.recipes.causality.Causality;
import dev.coord.recipes.causality.SpaceTimeDiagram;
import dev.coord.recipes.causality.SpaceTimeDiagram.Event;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Replays the space-time diagram of Lamport's paper (1978, figure 1): processes p, q and r with events p1 to p4, q1 to q7 and r1 to
 * r4, of which the paper says that p1 happened before r4 although no message goes from p to r, and that p3 and q3 are concurrent.
 * The messages are chosen so that this holds; one of r's overtakes another. Prints the stamps and how the events stand to each
 * other, draws the run, and exits with 1 if anything is not so.
 *
 * <p>Run it with {@code mvn -q -Pdemo -DskipTests verify -Ddemo.main=dev.coord.examples.causality.LamportFigure}.
 */
public final class LamportFigure {
    private static final String DEFAULT_FILE = "target/lamport-1978.svg";

    private final PrintStream out;
    private final SpaceTimeDiagram run = SpaceTimeDiagram.of("p", "q", "r");
    private final Map<String, Event> events = new LinkedHashMap<>();

    private LamportFigure(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the demo.
     *
     * @param args the file to draw to, by default {@code target/lamport-1978.svg}
     */
    public static void main(String[] args) {
        System.exit(run(System.out, Path.of(args.length > 0 ? args[0] : DEFAULT_FILE)));
    }

    static int run(PrintStream out, Path drawing) {
        try {
            LamportFigure figure = new LamportFigure(out);
            figure.replay();
            figure.tell();
            figure.check();
            figure.draw(drawing);
            return 0;
        } catch (IOException | RuntimeException e) {
            out.println("FAILED: " + e);
            return 1;
        }
    }

    private void replay() {
        send("p1", "m1");
        send("q1", "m2");
        send("r1", "m3");
        send("r2", "m4");
        receive("q2", "m1");
        receive("p2", "m2");
        receive("q3", "m4"); // sent after m3, and here before it
        send("p3", "m5");
        send("q4", "m6");
        send("q5", "m7");
        receive("r3", "m6");
        receive("q6", "m5");
        receive("p4", "m7");
        receive("q7", "m3");
        keep("r4", run.local("r", "r4"));
    }

    private void send(String event, String message) {
        keep(event, run.send(event.substring(0, 1), message, event));
    }

    private void receive(String event, String message) {
        keep(event, run.receive(event.substring(0, 1), message, event));
    }

    private void keep(String name, Event event) {
        events.put(name, event);
    }

    private void tell() {
        out.println("event  Lamport  vector clock      after   before  concurrent with");
        for (Event event : run.events()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-6s %-8s %-16s %6d %8d  %s",
                    event.label(),
                    event.time(),
                    event.clock(),
                    those(event, Causality.AFTER).size(),
                    those(event, BEFORE).size(),
                    String.join(" ", those(event, CONCURRENT))));
        }
        out.println();
    }

    /** The events to which this one stands so. */
    private Collection<String> those(Event event, Causality causality) {
        return run.events().stream()
                .filter(other -> event.compare(other) == causality)
                .map(Event::label)
                .sorted()
                .toList();
    }

    private void check() {
        check("p1", BEFORE, "r4", "through q2, q4 and r3, and no message goes from p to r");
        check("p1", BEFORE, "q2", "a message was sent before it is received");
        check("q1", BEFORE, "p4", "by way of q5, or of p2");
        check("p2", CONCURRENT, "q3", "p has heard of q1 only, and q of p1 and r2");
        check("p3", CONCURRENT, "q3", "p cannot know before p4 what q did at q3");
        check("q3", BEFORE, "p4", "by the message from q5");
        check("q3", BEFORE, "q7", "q hears of r2 before it hears of r1, as one message overtakes the other");
        claim(event("r1").isBefore(event("r2")), "r1 is before r2, of which q heard first");
        claim(lamportTimesAgree(), "whatever happened before has the smaller Lamport time");
        claim(
                event("r2").time().isBefore(event("p3").time()) && event("r2").isConcurrentWith(event("p3")),
                "but r2 has a smaller one than p3 and is concurrent with it: that only the vector clock tells");
    }

    private void check(String a, Causality expected, String b, String why) {
        String claim = a + " " + expected + " " + b + ": " + why;
        claim(event(a).compare(event(b)) == expected, claim);
    }

    private boolean lamportTimesAgree() {
        return events.values().stream()
                .allMatch(a -> events.values().stream()
                        .filter(a::isBefore)
                        .allMatch(b -> a.time().time() < b.time().time()));
    }

    private Event event(String name) {
        Event event = events.get(name);
        if (event == null) {
            throw new IllegalStateException("no event " + name);
        }
        return event;
    }

    private void claim(boolean holds, String claim) {
        if (!holds) {
            throw new IllegalStateException("this should hold, and does not: " + claim);
        }
        out.println("checked: " + claim);
    }

    private void draw(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, run.toSvg());
        out.println();
        out.println("All is well; drawn to " + file);
    }
}
