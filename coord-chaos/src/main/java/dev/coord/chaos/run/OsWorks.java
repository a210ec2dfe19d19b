package dev.coord.chaos.run;

import dev.coord.chaos.faults.DiskWork;
import dev.coord.chaos.faults.PowerWork;
import dev.coord.chaos.wire.DriverThreads;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The works {@code disk} and {@code power}: what is done to disks, each with its own load and its own judgement. */
final class OsWorks {
    private final Settings settings;

    OsWorks(Settings settings) {
        this.settings = settings;
    }

    /** Runs one of them, and tells whether nothing is wrong. */
    boolean run(String work) throws IOException, InterruptedException {
        // What an earlier run has acknowledged must not be taken for this one's.
        ChaosRun.clear(settings.directory());
        try (DriverThreads threads = new DriverThreads();
                LocalEnsemble ensemble = new LocalEnsemble(settings, threads)) {
            Map<String, Object> figures = switch (work) {
                case "disk" ->
                    new DiskWork(ensemble, ensemble.doors(), threads, settings.kinds(), settings.seed())
                            .run(Integer.getInteger("chaos.times", 10));
                case "power" ->
                    new PowerWork(
                                    ensemble,
                                    ensemble.doors(),
                                    threads,
                                    Boolean.getBoolean("chaos.strict"),
                                    settings.seed())
                            .run(Integer.getInteger("chaos.cycles", 50));
                default -> throw new IllegalArgumentException("no work " + work);
            };
            figures.put("seed", settings.seed());
            System.out.println("RESULT " + JsonText.of(figures));
            return List.of().equals(figures.get("violations"));
        }
    }
}
