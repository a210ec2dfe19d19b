package dev.coord.bench.side;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that ends with this one, however this one ends: a shell holds the other end of a pipe, which breaks then. Needs
 * a POSIX shell.
 */
final class Member implements AutoCloseable {
    private static final String GUARD =
            "log=$1; shift; \"$@\" < /dev/null > \"$log\" 2>&1 & trap '' INT TERM HUP; echo $!; cat > /dev/null; kill -9 $!";

    private final Process guard;
    private final long pid;

    /**
     * Starts a process.
     *
     * @param command what runs it
     * @param log where its output goes
     */
    Member(List<String> command, Path log) throws IOException {
        List<String> guarded = new ArrayList<>(List.of("sh", "-c", GUARD, "guard", log.toString()));
        guarded.addAll(command);
        guard = new ProcessBuilder(guarded)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said = new BufferedReader(new InputStreamReader(guard.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        if (line == null) {
            throw new IOException("cannot be started: " + command);
        }
        pid = Long.parseLong(line);
    }

    /** Suspends it, as if its machine hung. */
    void suspend() throws IOException {
        signal("STOP");
    }

    /** Ends it as a crash would. */
    void kill() throws IOException {
        signal("KILL");
    }

    /** Returns the time of processors that it has used; 0 if that is not known. */
    long cpuNanos() {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toNanos)
                .orElse(0L);
    }

    private void signal(String name) throws IOException {
        Process sending = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start();
        if (sending.onExit().join().exitValue() != 0) {
            throw new IOException("no process " + pid + " to send a signal " + name);
        }
    }

    /** Ends it as a crash would, unless it has ended. */
    @Override
    public void close() throws IOException {
        guard.getOutputStream().close();
        guard.onExit().join();
    }
}
