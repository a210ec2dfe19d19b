package dev.coord.recipes.commit.processes;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link CommitNode} in a JVM of its own, and what it has printed. */
final class NodeProcess {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String id;
    private final Process process;
    private final Writer commands;
    private final BlockingQueue<String> printed = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();

    private NodeProcess(String id, Process process) {
        this.id = id;
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "reader-" + id);
        reader.setDaemon(true);
        reader.start();
    }

    static NodeProcess start(String id, String members, Path directory, int fromPort, int toPort) {
        try {
            return new NodeProcess(
                    id,
                    new ProcessBuilder(
                                    new File(System.getProperty("java.home"), "bin/java").getPath(),
                                    "-Xmx256m",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    CommitNode.class.getName(),
                                    id,
                                    members,
                                    directory.toString(),
                                    Integer.toString(fromPort),
                                    Integer.toString(toPort))
                            .redirectErrorStream(true)
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                printed.add(line);
            }
        } catch (IOException e) {
            printed.add("cannot be read: " + e);
        }
    }

    String id() {
        return id;
    }

    /** Says something to it, and does not wait. */
    void say(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(id + " does not listen: " + all(), e);
        }
    }

    /** Has it do something, and waits until it has. */
    NodeProcess tell(String command) throws InterruptedException {
        say(command);
        await("done " + command);
        return this;
    }

    /** Waits for a line that begins so; returns the rest of it. */
    String await(String beginning) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            String next = printed.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError(id + " has not said within " + LIMIT + ": " + beginning + "; but: " + seen);
            }
            seen.add(next);
            if (next.startsWith(beginning)) {
                return next.substring(beginning.length()).trim();
            }
        }
    }

    /** Lets a moment pass, unless it says something. */
    void idle(Duration moment) throws InterruptedException {
        String next = printed.poll(moment.toNanos(), TimeUnit.NANOSECONDS);
        if (next != null) {
            seen.add(next);
        }
    }

    /** Waits until it has died by itself; returns the reading of the clock. */
    long awaitDeath() throws InterruptedException {
        if (!process.waitFor(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError(id + " does not die: " + all());
        }
        if (process.exitValue() != CommitNode.KILLED) {
            throw new AssertionError(id + " died of something else, " + process.exitValue() + ": " + all());
        }
        return System.nanoTime();
    }

    List<String> all() {
        printed.drainTo(seen);
        return List.copyOf(seen);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
