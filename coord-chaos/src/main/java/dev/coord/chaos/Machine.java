package dev.coord.chaos;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the machine under the run offers. */
public final class Machine {

    /**
     * Tells whether this process may do everything.
     *
     * @return true for root
     */
    public boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /**
     * Tells whether the kernel is Linux.
     *
     * @return true if there is a {@code /proc}
     */
    public boolean isLinux() {
        return Files.isDirectory(Path.of("/proc/self"));
    }

    /**
     * Finds a program.
     *
     * @param name such as {@code iptables}
     * @return where it is, empty if it is not installed
     */
    public Optional<Path> program(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(File.pathSeparator, -1)), Stream.of("/usr/sbin", "/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory).resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
