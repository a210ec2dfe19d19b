package dev.coord.chaos.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of the operating system. */
final class Shell {
    private Shell() {}

    /** What a program said, and how it ended. */
    record Result(int status, String output) {
        boolean ok() {
            return status == 0;
        }
    }

    static Result run(String... command) throws IOException, InterruptedException {
        return feed("", command);
    }

    /** Runs a program to its end and gives it something to read. */
    static Result feed(String input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    /** Runs a program that must succeed; returns what it said. */
    static String check(String... command) throws IOException, InterruptedException {
        return checked(run(command), command);
    }

    static String checkFed(String input, String... command) throws IOException, InterruptedException {
        return checked(feed(input, command), command);
    }

    private static String checked(Result result, String... command) throws IOException {
        if (!result.ok()) {
            throw new IOException(String.join(" ", command) + " ended with " + result.status() + ": "
                    + result.output().trim());
        }
        return result.output();
    }

    /** Whether a process with this id is there, be it stopped. */
    static boolean isAlive(long pid) {
        return Files.isDirectory(Path.of("/proc", Long.toString(pid)));
    }

    /** The id of the process whose run something is named after, such as {@code coord-chaos-4711}; 0 if it is not. */
    static long owner(String name, String prefix) {
        String digits = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return digits.matches("\\d{1,9}") ? Long.parseLong(digits) : 0;
    }

    static List<String> lines(String... command) throws IOException, InterruptedException {
        return check(command).lines().toList();
    }
}
