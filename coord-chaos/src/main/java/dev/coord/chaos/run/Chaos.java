package dev.coord.chaos.run;

import dev.coord.chaos.faults.DamagedFiles;
import dev.coord.chaos.faults.Leftovers;
import java.io.IOException;

/**
 * Runs peers as processes, a load on them, and faults; prints a line {@code RESULT {…}} at the end. Exits with 0 if nothing
 * is wrong and enough was shown, else with 1.
 */
public final class Chaos {
    private Chaos() {}

    /**
     * Runs what the system properties {@code chaos.…} say.
     *
     * @param arguments none
     * @throws Exception if the run cannot be set up, or is interrupted
     */
    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.of(System.getProperties());
        Leftovers.remove();
        switch (settings.work()) {
            case "faults", "soak" -> load(settings);
            case "files" -> DamagedFiles.main(arguments);
            default -> System.exit(new OsWorks(settings).run(settings.work()) ? 0 : 1);
        }
    }

    private static void load(Settings settings) throws IOException, InterruptedException {
        Report report;
        try (ChaosRun run = new ChaosRun(settings)) {
            report = run.run();
        }
        report.findings().all().forEach(finding -> System.out.println("FINDING " + finding));
        if (!report.isRight()) {
            System.out.println("again: " + settings.command());
        }
        System.out.println("report: " + settings.directory().resolve("report.md"));
        System.out.println("RESULT " + JsonText.of(report.figures()));
        System.exit(report.isRight() ? 0 : 1);
    }
}
