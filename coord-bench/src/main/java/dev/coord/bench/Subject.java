package dev.coord.bench;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What is measured, in a JVM of its own, so that neither the other's garbage nor its profile disturbs it. It is told by a
 * line which work to do for how long, and answers with a line of figures.
 */
final class Subject implements AutoCloseable {
    private static final String ANSWER = "FIGURES ";
    private static final String READY = "READY";

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final OutputStreamWriter orders;

    /** Some work, run for a while. */
    @FunctionalInterface
    interface Work {
        Load.Figures run(Duration window) throws Exception;
    }

    /**
     * Starts a subject and waits until it is ready.
     *
     * @param main its main class, which serves with {@link #serve}
     * @param name what it is called
     * @param directory where it works and may write
     * @param classpath tells which parts of this JVM's class path it gets
     * @param arguments what its main class is told besides the directory
     */
    Subject(Class<?> main, String name, Path directory, Predicate<String> classpath, String... arguments)
            throws IOException {
        this.name = name;
        String separator = System.getProperty("path.separator");
        List<String> parts =
                new ArrayList<>(List.of(System.getProperty("java.class.path").split(separator, -1)));
        parts.removeIf(classpath.negate());
        parts.replaceAll(part -> Path.of(part).toAbsolutePath().toString());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms2g",
                "-Xmx2g",
                "-classpath",
                String.join(separator, parts),
                main.getName(),
                directory.toString()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .directory(Files.createDirectories(directory).toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        awaitLine(READY);
    }

    Load.Figures measure(String work, Duration window) throws IOException {
        orders.write(work + " " + window.toMillis() + "\n");
        orders.flush();
        return Load.Figures.parse(awaitLine(ANSWER).substring(ANSWER.length()));
    }

    private String awaitLine(String prefix) throws IOException {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(prefix)) {
                return line;
            }
        }
        throw new IOException(name + " ended; what it said is above");
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    /** Does what the lines on standard input ask for, until they end. Called by a subject's own main. */
    static void serve(Map<String, Work> works) throws Exception {
        System.out.println(READY);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        orders.lines().forEach(order -> {
            int space = order.lastIndexOf(' ');
            Work work = requireNonNull(works.get(order.substring(0, space)), order);
            try {
                System.out.println(ANSWER + work.run(Duration.ofMillis(Long.parseLong(order.substring(space + 1)))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (Exception e) {
                throw new IllegalStateException(order, e);
            }
        });
    }
}
