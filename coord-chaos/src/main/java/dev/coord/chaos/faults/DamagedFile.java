package dev.coord.chaos.faults;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * A peer is killed, one of its files damaged, and the peer started. It must refuse, or repair what was damaged: which of the two
 * is told. If it refused it gets the file back in the end.
 */
final class DamagedFile implements Fault {
    private static final Duration DECISION = Duration.ofSeconds(60);

    /** The states of a peer that starts; gone is one whose process does not answer yet. */
    private static final Set<String> UNDECIDED = Set.of("GONE", "JOINING");

    @Override
    public String kind() {
        return "damaged-file";
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        PeerProcess peer = scene.target();
        peer.signal("KILL");
        peer.awaitExit();
        FileDamage damage = FileDamage.inflict(FileDamage.candidates(peer.dataDirectory()), scene.random());
        boolean there = damage.isThere();
        peer.start();
        return () -> heal(peer, damage, there);
    }

    private static Proof heal(PeerProcess peer, FileDamage damage, boolean there)
            throws IOException, InterruptedException {
        // Until it has looked at its files it neither refuses nor repairs, and would find them undamaged.
        Waiting.time(DECISION, () -> !peer.isAlive() || !UNDECIDED.contains(peer.state()));
        String state = peer.isAlive() ? peer.state() : "GONE";
        if (state.equals("FAILED") || !peer.isAlive()) {
            // It took no part, so its other files are as they were.
            if (peer.isAlive()) {
                peer.signal("KILL");
            }
            peer.awaitExit();
            damage.undo();
            peer.start();
        }
        String what = damage + "; the peer was " + state;
        return there ? Proof.of(what) : Proof.none(what);
    }
}
