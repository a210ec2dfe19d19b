package dev.coord.bench.side;

import dev.coord.bench.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which libraries a system gets: what others need in other versions is kept from it. */
enum ClassPath {
    COMMON("", ""),
    /** Without what raw Ratis measures itself with, which Coord replaces. */
    COORD("", "ratis-metrics-default.*"),
    /** Without what Coord replaces that with. */
    RATIS("", "coord-raft.*"),
    ETCD("etcd", "netty-.*"),
    JRAFT("jraft", "netty-.*|protobuf-java.*");

    private final String own;
    private final String unwanted;

    /**
     * Describes a class path.
     *
     * @param own the directory with what this system alone gets; empty for none
     * @param unwanted a pattern of the names of libraries that it does not get
     */
    ClassPath(String own, String unwanted) {
        this.own = own;
        this.unwanted = unwanted;
    }

    List<String> parts() {
        List<String> parts =
                new ArrayList<>(Subject.classpath(part -> !nameOf(Path.of(part)).matches(unwanted)));
        if (!own.isEmpty()) {
            parts.addAll(jars(Path.of(System.getProperty("bench.systems", "target/systems"), own)));
        }
        return parts;
    }

    /** In a build of all modules the parts are directories of classes, or jars by the module's name. */
    private static String nameOf(Path part) {
        Path absolute = part.toAbsolutePath().normalize();
        boolean isClasses = absolute.endsWith(Path.of("target", "classes"));
        return absolute.getName(absolute.getNameCount() - (isClasses ? 3 : 1)).toString();
    }

    private static List<String> jars(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.toAbsolutePath().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no libraries in " + directory + "; run this by Maven with the profile bench", e);
        }
    }
}
