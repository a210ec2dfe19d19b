package dev.coord.chaos.faults;

import dev.coord.chaos.Machine;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a run may leave on the machine: nothing if it ends, and if it is killed, nothing once the next one has begun. */
public final class Leftovers {
    /** In the environment of a peer: the process of the run that it belongs to. */
    static final String OWNER = "COORD_CHAOS_OWNER";

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final Pattern OWNED = Pattern.compile("(?:^|\0)" + OWNER + "=(\\d{1,9})\0");

    private Leftovers() {}

    /**
     * Has something closed when this process ends, however it does but by {@code kill -9}.
     *
     * @param held what to close
     */
    public static void closeAtExit(Closeable held) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                held.close();
                            } catch (IOException e) {
                                LOG.error("something was left behind", e);
                            }
                        },
                        "chaos-cleanup"));
    }

    /**
     * Removes peers, rules and mounts of runs whose process is no more. Touches nothing of those that are under way.
     *
     * @throws IOException if the machine does not let it
     * @throws InterruptedException if interrupted
     */
    public static void remove() throws IOException, InterruptedException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            List<Path> all = processes
                    .filter(path -> path.getFileName().toString().matches("\\d+"))
                    .toList();
            all.forEach(Leftovers::killOrphan);
        }
        Machine machine = new Machine();
        if (Firewall.obstacle(machine).isEmpty()) {
            Firewall.removeLeftovers();
        }
        if (SmallDisk.obstacle(machine).isEmpty()) {
            SmallDisk.removeLeftovers();
        }
    }

    private static void killOrphan(Path process) {
        try {
            Matcher owned = OWNED.matcher(Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1));
            if (owned.find() && !Shell.isAlive(Long.parseLong(owned.group(1)))) {
                long pid = Long.parseLong(process.getFileName().toString());
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        } catch (IOException e) {
            // It has ended, or is none of ours.
        }
    }
}
