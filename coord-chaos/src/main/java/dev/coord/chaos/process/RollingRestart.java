package dev.coord.chaos.process;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends each process as an operator does, one after the other, and starts it anew as soon as it has ended. */
final class RollingRestart implements Fault {
    private static final Logger log = LoggerFactory.getLogger(RollingRestart.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int TERMINATED = 143;

    @Override
    public String kind() {
        return "rolling-restart";
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        List<String> evidence = new ArrayList<>();
        boolean orderly = true;
        for (PeerProcess peer : scene.ensemble().peers()) {
            long before = peer.pid();
            peer.signal("TERM");
            int status = peer.awaitExit();
            peer.start();
            orderly &= status == TERMINATED && peer.pid() != before;
            evidence.add(peer.id() + ": exit " + status + ", pid " + before + " became " + peer.pid());
            Waiting.state(peer, "RUNNING", PATIENCE);
            log.info("{} runs again", peer.id());
        }
        boolean happened = orderly;
        return () -> new Proof(happened, String.join("; ", evidence));
    }
}
