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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What is measured, in a JVM of its own, so that neither the other's garbage nor its profile disturbs it. It is told by a
 * line which work to do for how long, and answers with a line of figures.
 */
public final class Subject implements AutoCloseable {
    private static final String ANSWER = "FIGURES ";
    private static final String READY = "READY";
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final OutputStreamWriter orders;

    /** Some work, run for a while. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does the work.
         *
         * @param window for how long, if it is one that goes on
         * @return what it came to
         * @throws Exception if it fails, which ends the subject
         */
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
        this(name, directory, command(main, classpath(classpath), List.of("-Xms2g", "-Xmx2g"), directory, arguments));
    }

    /**
     * Starts a subject and waits until it is ready.
     *
     * @param name what it is called
     * @param directory where it works and may write
     * @param command what runs it
     * @throws IOException if it ends before it is ready; what it said is on standard error
     */
    public Subject(String name, Path directory, List<String> command) throws IOException {
        this.name = name;
        process = new ProcessBuilder(command)
                .directory(Files.createDirectories(directory).toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        awaitLine(READY, START_PATIENCE);
    }

    /**
     * Returns parts of this JVM's class path.
     *
     * @param wanted which
     * @return their absolute paths, in order
     */
    public static List<String> classpath(Predicate<String> wanted) {
        String separator = System.getProperty("path.separator");
        return Stream.of(System.getProperty("java.class.path").split(separator, -1))
                .filter(wanted)
                .map(part -> Path.of(part).toAbsolutePath().toString())
                .toList();
    }

    /**
     * Returns the command that runs a JVM of this version.
     *
     * @param main its main class
     * @param classpath its class path
     * @param options its options
     * @param directory the first argument of the main class
     * @param arguments the others
     * @return the command
     */
    public static List<String> command(
            Class<?> main, List<String> classpath, List<String> options, Path directory, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-classpath");
        command.add(String.join(System.getProperty("path.separator"), classpath));
        command.add(main.getName());
        command.add(directory.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    Load.Figures measure(String work, Duration window) throws IOException {
        return measure(work, window, Duration.ofDays(1));
    }

    /**
     * Has it work.
     *
     * @param work which work
     * @param window for how long
     * @param patience when to end it by force if it has not answered
     * @return what it answered
     * @throws IOException if it ended
     */
    public Load.Figures measure(String work, Duration window, Duration patience) throws IOException {
        orders.write(work + " " + window.toMillis() + "\n");
        orders.flush();
        return Load.Figures.parse(awaitLine(ANSWER, patience).substring(ANSWER.length()));
    }

    private String awaitLine(String prefix, Duration patience) throws IOException {
        AtomicBoolean heard = new AtomicBoolean();
        CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    if (!heard.get()) {
                        process.destroyForcibly();
                    }
                });
        String line = awaitLine(prefix);
        heard.set(true);
        return line;
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
        process.onExit()
                .completeOnTimeout(process, 10, TimeUnit.SECONDS)
                .thenCompose(stuck -> stuck.destroyForcibly().onExit())
                .join();
    }

    /**
     * Does what the lines on standard input ask for, until they end. Called by a subject's own main.
     *
     * @param works by the names they are asked for
     * @throws Exception what a work threw
     */
    public static void serve(Map<String, Work> works) throws Exception {
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
