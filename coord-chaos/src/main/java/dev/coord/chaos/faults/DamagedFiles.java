package dev.coord.chaos.faults;

import dev.coord.raft.LocalCluster;
import dev.coord.raft.PeerStartException;
import dev.coord.raft.PeerStatus;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Shows that a peer with a damaged file refuses to take part or repairs it, and never serves what it holds: by many variants
 * of damage to one file of one peer of three, each from the same directory. The other two run on; the peer is started on its
 * damaged directory, read from at once, and compared with them.
 *
 * <pre>{@code java ... dev.coord.chaos.faults.DamagedFiles -Dchaos.variants=1000 -Dchaos.seed=1}</pre>
 */
public final class DamagedFiles {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String VICTIM = "n1";

    private final SplittableRandom random;
    private final Path root;
    private final Ledger ledger = new Ledger();
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();

    private DamagedFiles(long seed, Path root) {
        this.random = new SplittableRandom(seed);
        this.root = root;
    }

    /**
     * Runs the program; ends with status 0 if no variant was served.
     *
     * @param arguments none; see the properties {@code chaos.variants} and {@code chaos.seed}
     * @throws Exception if the peers cannot be run at all
     */
    public static void main(String[] arguments) throws Exception {
        int variants = Integer.getInteger("chaos.variants", 1000);
        long seed = Long.getLong("chaos.seed", System.currentTimeMillis());
        Path root = Files.createTempDirectory("coord-chaos-damage-");
        DamagedFiles run = new DamagedFiles(seed, root);
        long start = Ticker.system().nanos();
        try {
            run.run(variants);
        } finally {
            delete(root);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(Ticker.system().nanos() - start);
        run.violations.forEach(System.out::println);
        System.out.println("RESULT {\"work\":\"damaged-files\",\"variants\":" + variants + ",\"seed\":" + seed
                + ",\"outcomes\":" + run.outcomesAsJson() + ",\"violations\":" + run.violations.size()
                + ",\"seconds\":" + seconds + "}");
        Runtime.getRuntime().exit(run.violations.isEmpty() ? 0 : 1);
    }

    private String outcomesAsJson() {
        return outcomes.entrySet().stream()
                .map(each -> "\"" + each.getKey() + "\":" + each.getValue())
                .toList()
                .toString()
                .replace('[', '{')
                .replace(']', '}');
    }

    private void run(int variants) throws IOException, InterruptedException {
        try (LocalCluster cluster = start(root)) {
            Path whole = prepare(cluster);
            for (int variant = 1; variant <= variants; variant++) {
                try {
                    tryVariant(cluster, whole);
                } catch (IllegalStateException e) {
                    violations.add("variant " + variant + ": " + e.getMessage());
                }
                if (variant % 50 == 0) {
                    System.out.println(variant + " variants: " + outcomes + ", violations: " + violations.size());
                }
            }
        }
    }

    private static LocalCluster start(Path directory) {
        return LocalCluster.builder()
                .directory(directory)
                .electionTimeout(Duration.ofMillis(500))
                .configure(peer -> peer.snapshotEntries(60))
                .start();
    }

    /** Has the victim write snapshots and several segments of its log, and takes it down. Returns a copy of its directory. */
    private Path prepare(LocalCluster cluster) throws IOException, InterruptedException {
        cluster.awaitLeader(PATIENCE);
        for (int segment = 0; segment < 4; segment++) {
            for (int i = 0; i < 50; i++) {
                ledger.write(cluster.coord("n2"));
            }
            cluster.awaitSameState(PATIENCE);
            cluster.stop(VICTIM);
            cluster.restart(VICTIM);
            cluster.awaitLeader(PATIENCE);
        }
        for (int i = 0; i < 20; i++) {
            ledger.write(cluster.coord("n2"));
        }
        cluster.awaitSameState(PATIENCE);
        cluster.kill(VICTIM);
        Path whole = root.resolve("whole");
        copy(cluster.directory(VICTIM), whole);
        System.out.println("files: "
                + FileDamage.candidates(whole).stream().map(whole::relativize).toList());
        return whole;
    }

    private void tryVariant(LocalCluster cluster, Path whole) throws IOException, InterruptedException {
        Path directory = cluster.directory(VICTIM);
        delete(directory);
        copy(whole, directory);
        FileDamage damage = FileDamage.inflict(FileDamage.candidates(directory), random);
        if (!damage.isThere()) {
            throw new IllegalStateException("the damage did not last: " + damage);
        }
        String outcome;
        try {
            cluster.restart(VICTIM);
            outcome = watch(cluster, damage);
            cluster.kill(VICTIM);
        } catch (PeerStartException e) {
            outcome = "refused:" + e.reason();
        }
        outcomes.merge(outcome, 1, Integer::sum);
    }

    /** The peer runs: whatever it serves must be right from the first moment, and all of it be there soon. */
    private String watch(LocalCluster cluster, FileDamage damage) throws InterruptedException {
        long revision = cluster.peer("n2").status().revision();
        long end = Ticker.system().nanos() + PATIENCE.toNanos();
        while (Ticker.system().nanos() < end) {
            PeerStatus status = cluster.peer(VICTIM).status();
            if (status.state() == PeerStatus.State.FAILED) {
                return "failed";
            }
            Optional<String> wrong = ledger.compare(cluster.peer(VICTIM));
            if (wrong.isPresent() && !wrong.get().isEmpty()) {
                violations.add(damage + ": " + wrong.get());
                return "served";
            }
            if (wrong.isPresent() && status.revision() >= revision && status.state() == PeerStatus.State.RUNNING) {
                return "repaired";
            }
            LockSupport.parkNanos(2_000_000);
        }
        violations.add(damage + ": neither refused nor repaired: "
                + cluster.peer(VICTIM).status());
        return "stuck";
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
