package dev.coord.chaos.process;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import java.io.IOException;

/** Kills a process as {@code kill -9} does, and starts it anew when healed. */
final class Kill implements Fault {
    private static final int KILLED = 137;

    @Override
    public String kind() {
        return "kill";
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        PeerProcess peer = scene.target();
        long before = peer.pid();
        peer.signal("KILL");
        int status = peer.awaitExit();
        return () -> {
            peer.start();
            String evidence = peer.id() + ": exit " + status + ", pid " + before + " became " + peer.pid();
            return status == KILLED && peer.pid() != before ? Proof.of(evidence) : Proof.none(evidence);
        };
    }
}
