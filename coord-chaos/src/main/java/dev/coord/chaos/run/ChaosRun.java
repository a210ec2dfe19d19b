package dev.coord.chaos.run;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Findings;
import dev.coord.chaos.Machine;
import dev.coord.chaos.load.Load;
import dev.coord.chaos.wire.DriverThreads;
import dev.coord.testkit.history.History;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole run: processes, load, faults, judgement. */
final class ChaosRun implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChaosRun.class);
    private static final Ticker TICKER = Ticker.system();
    private static final Duration START = Duration.ofSeconds(60);
    private static final int TROUBLES = 40;

    private final Settings settings;
    private final Findings findings = new Findings();
    private final DriverThreads threads = new DriverThreads();
    private final Stalls stalls = new Stalls();
    private final History history = History.on(TICKER);
    private final LocalEnsemble ensemble;
    private final Kinds kinds;
    private final Load load;

    ChaosRun(Settings settings) throws IOException {
        this.settings = settings;
        clear(settings.directory());
        ensemble = new LocalEnsemble(settings, threads);
        load = new Load(
                history, ensemble.doors(), threads, findings, settings.seed(), settings.rate(), settings.locks());
        List<Fault> more = List.of(load.overload(LocalEnsemble.IN_FLIGHT));
        kinds = new Kinds(settings.kinds(), new Machine(), more, findings);
        ensemble.local().forEach(peer -> peer.usedBy(users(load)));
    }

    private static LocalPeer.Users users(Load load) {
        return new LocalPeer.Users() {
            @Override
            public void ending(String peer) throws InterruptedException {
                load.ending(peer);
            }

            @Override
            public void started(String peer) {
                load.started(peer);
            }
        };
    }

    static void clear(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(directory);
    }

    Report run() throws IOException, InterruptedException {
        for (Fault fault : kinds.chosen()) {
            for (LocalPeer peer : ensemble.local()) {
                fault.prepare(peer);
            }
        }
        ensemble.start();
        String problem = ensemble.awaitWhole(START);
        if (problem != null) {
            findings.add("the peers do not start: " + problem);
            return report(List.of(), 0, Duration.ZERO, Map.of());
        }
        log.info("{} peers run; seed {}", settings.peers(), settings.seed());
        return loaded();
    }

    private Report loaded() throws IOException, InterruptedException {
        load.start();
        long begin = TICKER.nanos();
        Schedule schedule = new Schedule(ensemble, history, findings, load.availability(), stalls, settings);
        Soak soak = new Soak(ensemble, findings);
        if (settings.soak()) {
            soak.start();
        }
        schedule.run(settings.injects() ? kinds.chosen() : List.of(), settings.length());
        soak.stop();
        long end = TICKER.nanos();
        load.stop();
        log.info("the load is over; judging {} operations", operations());
        Duration gap = Duration.ofNanos(load.availability().longestGap(begin, end));
        Judge judge = new Judge(findings);
        judge.judge(history, gap);
        judge.judge(load.late(), gap);
        double seconds = (end - begin) / 1e9;
        double awake = seconds - stalls.totalMillis() / 1e3;
        Enough.checkAll(load.counts(), seconds, findings);
        Enough.check(settings, kinds, schedule.events(), operations(), awake, findings);
        return report(schedule.events(), seconds, gap, settings.soak() ? soak.figures() : Map.of());
    }

    private long operations() {
        return load.counts().get("operations");
    }

    private Report report(List<Event> events, double seconds, Duration gap, Map<String, Object> usage)
            throws IOException {
        Report report = new Report(
                settings,
                commit(),
                seconds,
                operations(),
                load.counts().all(),
                events,
                kinds.notRun(),
                gap.toMillis(),
                stalls.totalMillis(),
                latest(),
                usage,
                findings,
                troubles());
        report.checkFailover();
        report.write(settings.directory());
        if (settings.keep() || !report.isRight()) {
            history.write(settings.directory().resolve("history.jsonl"));
        }
        return report;
    }

    private long latest() {
        return load.late().all().values().stream()
                .mapToLong(late -> (late.seenNanos() - late.dueNanos()) / 1_000_000)
                .max()
                .orElse(0);
    }

    private List<String> troubles() throws IOException {
        List<String> lines = new ArrayList<>();
        for (LocalPeer peer : ensemble.local()) {
            try (Stream<String> all = Files.lines(peer.log())) {
                all.filter(line -> line.contains(" ERROR ") || line.contains("please report"))
                        .limit(TROUBLES)
                        .forEach(line -> lines.add(peer.id() + " " + line));
            }
        }
        return lines;
    }

    private static String commit() throws IOException {
        Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
        String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return commit.isEmpty() ? "unknown" : commit;
    }

    @Override
    public void close() {
        for (Fault fault : kinds.chosen()) {
            try {
                fault.close();
            } catch (IOException e) {
                log.error("the fault {} left something behind", fault.kind(), e);
            }
        }
        stalls.close();
        ensemble.close();
        threads.close();
    }
}
