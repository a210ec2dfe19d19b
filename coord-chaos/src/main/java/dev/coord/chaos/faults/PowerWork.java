package dev.coord.chaos.faults;

import dev.coord.chaos.Ensemble;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Waiting;
import dev.coord.chaos.faults.DiskImage.Loss;
import dev.coord.chaos.faults.DiskImage.Names;
import dev.coord.chaos.load.Door;
import dev.coord.chaos.wire.DriverThreads;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Losses of power under load, of a minority and of all peers in turns: processes are killed, and what they had not synced is
 * dropped. In some cycles a sync fails before, or a process is killed and started before, as both leave data behind that are
 * not on the disk though the next process can read them.
 */
public final class PowerWork {
    private static final Duration START = Duration.ofSeconds(60);

    /** What comes before the power is lost. */
    private enum Prelude {
        NOTHING,
        SYNC_FAILED,
        KILLED
    }

    private final Ensemble ensemble;
    private final Names rule;
    private final Random random;
    private final PutLoad load;
    private final PeerDisks disks = new PeerDisks();
    private final Map<String, DiskImage> images = new TreeMap<>();
    private final Map<String, Integer> preludes = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private Loss lost = new Loss(0, 0);
    private int losses;

    /**
     * Prepares nothing yet.
     *
     * @param ensemble the peers, none of which runs
     * @param doors to their agents
     * @param threads that call back
     * @param strict whether names are lost too unless their own directory was synced
     * @param seed of all chance
     */
    public PowerWork(Ensemble ensemble, List<Door> doors, DriverThreads threads, boolean strict, long seed) {
        this.ensemble = ensemble;
        this.rule = strict ? Names.STRICT : Names.JOURNALLED;
        this.random = new Random(seed);
        this.load = new PutLoad(doors, threads, 100, 0, Duration.ofMillis(2));
    }

    /**
     * Runs the cycles.
     *
     * @param cycles how many
     * @return the figures, and what is wrong under {@code violations}
     * @throws IOException if the peers cannot be run
     * @throws InterruptedException if interrupted
     */
    public Map<String, Object> run(int cycles) throws IOException, InterruptedException {
        for (PeerProcess peer : ensemble.peers()) {
            peer.launch().environment().putAll(disks.install(peer).journalled());
            start(peer);
        }
        Waiting.untilWhole(ensemble, START);
        for (int cycle = 1; cycle <= cycles && violations.isEmpty(); cycle++) {
            cycle(cycle, cycle % 2 == 0);
        }
        for (int cycle = 1; cycle <= cycles && violations.isEmpty(); cycle++) {
            int of = cycle;
            load.lost(prefix(cycle)).forEach(what -> violations.add("of cycle " + of + ", in the end: " + what));
        }
        if (lost.bytes() + lost.names() == 0) {
            violations.add("no loss of power dropped anything");
        }
        return figures(cycles);
    }

    private static String prefix(int cycle) {
        return "/power/" + cycle + "/";
    }

    private void start(PeerProcess peer) throws IOException {
        Files.deleteIfExists(disks.of(peer).journal());
        images.put(peer.id(), DiskImage.of(peer.dataDirectory(), rule));
        peer.start();
    }

    private void cycle(int cycle, boolean all) throws IOException, InterruptedException {
        String prefix = prefix(cycle);
        int before = load.acknowledged();
        List<PeerProcess> victims = victims(all);
        load.start(prefix);
        pause(200 + random.nextInt(800));
        Prelude prelude = Prelude.values()[random.nextInt(Prelude.values().length)];
        preludes.merge(prelude.name(), 1, Integer::sum);
        for (PeerProcess victim : victims) {
            precede(prelude, victim);
        }
        pause(random.nextInt(300));
        Loss loss = losePower(victims);
        for (PeerProcess victim : victims) {
            start(victim);
        }
        load.stop();
        String problem = Waiting.whole(ensemble, START);
        if (!problem.isEmpty()) {
            violations.add("cycle " + cycle + " (" + prelude + ", " + victims.size() + " peers): " + problem);
            return;
        }
        load.lost(prefix).forEach(what -> violations.add("cycle " + cycle + ": " + what));
        if (load.acknowledged() == before) {
            violations.add("cycle " + cycle + ": nothing was acknowledged that could be lost");
        }
        System.out.println("cycle " + cycle + ": " + victims.size() + " lost power after " + prelude + ", " + loss
                + ", " + load.acknowledged() + " acknowledged in all, violations: " + violations.size());
    }

    /** All, or a minority, which has the Raft leader in it as often as not. */
    private List<PeerProcess> victims(boolean all) {
        List<PeerProcess> peers = new ArrayList<>(ensemble.peers());
        Collections.shuffle(peers, random);
        if (random.nextBoolean()) {
            ensemble.leader().ifPresent(leader -> Collections.swap(peers, 0, peers.indexOf(leader)));
        }
        return all ? peers : peers.subList(0, (peers.size() - 1) / 2);
    }

    private void precede(Prelude prelude, PeerProcess victim) throws IOException, InterruptedException {
        switch (prelude) {
            case NOTHING -> {}
            case SYNC_FAILED -> {
                PeerDisk disk = disks.of(victim);
                long before = disk.failed();
                disk.fail(Call.SYNC, Errno.EIO, random.nextInt(3), 1);
                Waiting.until(START, () -> disk.failed() > before);
                disk.heal();
                Waiting.untilWhole(ensemble, START);
            }
            case KILLED -> {
                victim.signal("KILL");
                victim.awaitExit();
                victim.start();
                Waiting.until(START, () -> victim.state().equals("RUNNING"));
            }
        }
    }

    /** Kills all first: power is lost by all at once. */
    private Loss losePower(List<PeerProcess> victims) throws IOException, InterruptedException {
        for (PeerProcess victim : victims) {
            victim.signal("KILL");
        }
        Loss sum = new Loss(0, 0);
        for (PeerProcess victim : victims) {
            victim.awaitExit();
            DiskImage image = images.get(victim.id());
            if (image == null) {
                throw new IllegalStateException("no image of " + victim.id());
            }
            image.replay(disks.of(victim).journal());
            sum = sum.plus(image.losePower(random.nextBoolean(), random));
            losses++;
        }
        lost = lost.plus(sum);
        return sum;
    }

    private static void pause(int millis) {
        long end = Ticker.system().nanos() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (Ticker.system().nanos() < end) {
            LockSupport.parkNanos(end - Ticker.system().nanos());
        }
    }

    private Map<String, Object> figures(int cycles) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("work", "power");
        figures.put("names", rule.name());
        figures.put("cycles", cycles);
        figures.put("powerLosses", losses);
        figures.put("bytesDropped", lost.bytes());
        figures.put("namesDropped", lost.names());
        figures.put("preludes", preludes);
        figures.put("acknowledged", load.acknowledged());
        figures.put("violations", violations);
        return figures;
    }
}
