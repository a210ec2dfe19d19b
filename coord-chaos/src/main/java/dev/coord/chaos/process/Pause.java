package dev.coord.chaos.process;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Machine;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import java.io.IOException;
import java.util.Optional;

/** Stops a process in the middle of what it does, and has it go on when healed. */
final class Pause implements Fault {

    @Override
    public String kind() {
        return "pause";
    }

    @Override
    public Optional<String> obstacle(Machine machine) {
        return machine.isLinux() ? Optional.empty() : Optional.of("no /proc to see it by");
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        PeerProcess peer = scene.target();
        peer.signal("STOP");
        return () -> {
            ProcFile.Stat stat = ProcFile.stat(peer.pid());
            peer.signal("CONT");
            String evidence = peer.id() + ": pid " + peer.pid() + " in state " + stat.state();
            return stat.state() == 'T' ? Proof.of(evidence) : Proof.none(evidence);
        };
    }
}
