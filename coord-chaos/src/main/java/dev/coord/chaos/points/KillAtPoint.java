package dev.coord.chaos.points;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Has a process die at a place in its code, each place in turn, and starts it anew when healed. */
final class KillAtPoint implements Fault {
    /** A snapshot is written every few seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private static final int MOST_PASSES = 40;

    private final List<Point> bag = new ArrayList<>();

    @Override
    public String kind() {
        return "kill-point";
    }

    @Override
    public void prepare(PeerProcess peer) throws IOException {
        peer.launch().jvmArguments().add(PointsAgent.argument(peer.directory()));
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        if (bag.isEmpty()) {
            bag.addAll(List.of(Point.values()));
            // For those see InstallDeath.
            bag.removeIf(point -> point.where() == Point.Where.BEHIND);
            Collections.shuffle(bag, new Random(scene.random().nextLong()));
        }
        Point point = bag.remove(bag.size() - 1);
        PeerProcess peer =
                point.where() == Point.Where.LEADER ? scene.ensemble().leader().orElse(scene.target()) : scene.target();
        long before = peer.pid();
        boolean rare = point.where() == Point.Where.LEADER || point.text().startsWith("snapshot");
        peer.arm(point.text() + ":" + (rare ? 0 : scene.random().nextInt(MOST_PASSES)));
        boolean died = Waiting.death(peer, PATIENCE);
        int status = died ? peer.awaitExit() : -1;
        return () -> heal(peer, point, before, status);
    }

    private static Proof heal(PeerProcess peer, Point point, long before, int status)
            throws IOException, InterruptedException {
        String place = peer.id() + " at " + point.text() + ": ";
        if (status < 0) {
            // What is armed is disarmed with the process.
            peer.signal("KILL");
            peer.awaitExit();
            peer.start();
            return Proof.none(place + "not reached within " + PATIENCE);
        }
        peer.start();
        String evidence = place + "exit " + status + ", pid " + before + " became " + peer.pid();
        return status == Points.DIED ? Proof.of(evidence) : Proof.none(evidence);
    }
}
