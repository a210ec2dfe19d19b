package dev.coord.chaos.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel tells of processes. */
final class ProcFile {
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    private ProcFile() {}

    /**
     * A line of {@code /proc/PID/stat}.
     *
     * @param state {@code R}, {@code S}, {@code T} and so on
     * @param ticks of a processor's time, by hundreds of a second
     */
    record Stat(char state, long ticks) {}

    static Stat stat(long pid) throws IOException {
        String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
        // The name, in parentheses, may hold anything.
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return new Stat(fields[0].charAt(0), Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]));
    }
}
