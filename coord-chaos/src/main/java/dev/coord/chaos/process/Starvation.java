package dev.coord.chaos.process;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Machine;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.faults.Leftovers;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps all processors busy with something else, which is preferred to the peers. */
final class Starvation implements Fault {
    private static final int TICKS = 20;

    private final List<Process> burning = new CopyOnWriteArrayList<>();

    Starvation() {
        Leftovers.closeAtExit(this::close);
    }

    @Override
    public String kind() {
        return "starvation";
    }

    @Override
    public Optional<String> obstacle(Machine machine) {
        if (!machine.isRoot() || !machine.isLinux()) {
            return Optional.of("only root may be preferred to others");
        }
        return machine.program("nice").isEmpty() ? Optional.of("there is no nice") : Optional.empty();
    }

    @Override
    public Injection inject(Scene scene) throws IOException {
        List<Process> burners = burning;
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            burners.add(new ProcessBuilder("nice", "-n", "-15", "sh", "-c", "while :; do :; done").start());
        }
        return () -> {
            long burnt = 0;
            for (Process burner : burners) {
                burnt += ProcFile.stat(burner.pid()).ticks();
                burner.destroyForcibly().waitFor();
            }
            int count = burners.size();
            burners.clear();
            String evidence = count + " processes used " + burnt + "0 ms of the processors";
            return burnt >= TICKS ? Proof.of(evidence) : Proof.none(evidence);
        };
    }

    @Override
    public void close() {
        burning.forEach(Process::destroyForcibly);
    }
}
