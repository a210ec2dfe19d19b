package dev.coord.bench.side;

import dev.coord.bench.side.Stage.Task;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Coord beside other systems: the same work by each in turn, in rounds, on the same disk; a JVM of its own for each. Bars compare
 * medians of the rounds.
 */
public final class SideBySide {
    private final SideSettings settings;
    private final Report report;
    private final Set<Results.Cell> barred = Bars.cells();

    /**
     * Creates a measurement.
     *
     * @param settings how long to measure, and what
     * @param out where to print progress and results
     * @throws IllegalArgumentException if the settings name a stage that there is not
     */
    public SideBySide(SideSettings settings, PrintStream out) {
        this.settings = settings;
        this.report = new Report(out);
        List<String> known =
                Schedule.stages(settings.quick()).stream().map(Stage::name).toList();
        if (!known.containsAll(settings.stages())) {
            throw new IllegalArgumentException(
                    "-Dbench.stages=" + String.join(",", settings.stages()) + "; there are " + known);
        }
    }

    /**
     * Measures.
     *
     * @return whether no bar was missed and nothing failed; a bar that was not measured is told, and no failure
     * @throws IOException if there is no room on disk, or the documents cannot be written
     */
    public boolean run() throws IOException {
        Path directory = Files.createTempDirectory(Files.createDirectories(settings.directory()), "sides-");
        if (Files.getFileStore(directory).type().equals("tmpfs")) {
            report.complain(
                    "FAILED: " + directory + " is in memory, so nothing there is durable; use -Dbench.directory=");
        }
        try {
            for (Stage stage : Schedule.stages(settings.quick())) {
                if (settings.stages().isEmpty() || settings.stages().contains(stage.name())) {
                    long began = Ticker.system().nanos();
                    run(stage, directory.resolve(stage.name()));
                    Duration took = Duration.ofNanos(Ticker.system().nanos() - began);
                    report.say("stage " + stage.name() + " took " + took.toSeconds() + " s");
                }
            }
        } finally {
            deleteAll(directory);
        }
        return report.conclude(settings);
    }

    private void run(Stage stage, Path directory) {
        report.say("stage " + stage.name());
        if (stage.isFresh()) {
            for (int i = 1; i <= settings.freshRounds(); i++) {
                report.say("round " + i + " of " + settings.freshRounds() + ", started anew");
                Path home = directory.resolve("round-" + i);
                try (Fleet fleet = new Fleet(stage, home, report::complain)) {
                    round(stage, fleet, true, this::window);
                }
            }
            return;
        }
        try (Fleet fleet = new Fleet(stage, directory, report::complain)) {
            report.say("warming up: " + settings.warmUp().toMillis() + " ms for each cell that a bar compares");
            round(stage, fleet, false, this::warmUp);
            for (int i = 1; i <= settings.rounds(); i++) {
                report.say("round " + i + " of " + settings.rounds());
                round(stage, fleet, true, this::window);
            }
        }
    }

    private Duration warmUp(Contestant who, String work) {
        return barred.contains(new Results.Cell(who, work)) ? settings.warmUp() : settings.shortWindow();
    }

    private Duration window(Contestant who, String work) {
        return barred.contains(new Results.Cell(who, work)) ? settings.window() : settings.shortWindow();
    }

    private void round(Stage stage, Fleet fleet, boolean counts, BiFunction<Contestant, String, Duration> window) {
        for (Task task : stage.tasks()) {
            for (Contestant who : task.who()) {
                fleet.measure(who, task.work(), window.apply(who, task.work())).ifPresent(figures -> {
                    if (counts) {
                        report.note(who, task, figures);
                    }
                });
            }
        }
    }

    /** What was measured must not be lost for a file that cannot be deleted. */
    private void deleteAll(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            report.complain("left behind: " + root + ": " + e);
        }
    }
}
