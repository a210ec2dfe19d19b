package dev.coord.chaos.faults;

import dev.coord.chaos.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A library in C that is preloaded into peers; compiled when first needed, since what runs is not known before. */
final class PreloadedLibrary {
    /** Sees what a peer does to its disk. */
    static final PreloadedLibrary DISK = new PreloadedLibrary("disk");

    /** Tells a peer what time it is. */
    static final PreloadedLibrary CLOCK = new PreloadedLibrary("clock");

    private final String name;
    private @Nullable Path compiled;

    private PreloadedLibrary(String name) {
        this.name = name;
    }

    /** Why this machine cannot have it. */
    Optional<String> obstacle(Machine machine) {
        if (!machine.isLinux()) {
            return Optional.of("no Linux");
        }
        if (machine.program("gcc").isEmpty()) {
            return Optional.of("no gcc");
        }
        try {
            Path ignored = file();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("gcc does not compile it: " + e.getMessage());
        }
    }

    /** Returns the library, compiled if this is the first time. */
    synchronized Path file() throws IOException {
        Path library = compiled;
        if (library == null) {
            library = compile();
            compiled = library;
        }
        return library;
    }

    private Path compile() throws IOException {
        Path directory = Files.createTempDirectory("coord-chaos-library-");
        directory.toFile().deleteOnExit();
        Path source = directory.resolve(name + ".c");
        Path library = directory.resolve(name + ".so");
        source.toFile().deleteOnExit();
        library.toFile().deleteOnExit();
        try (InputStream in = PreloadedLibrary.class.getResourceAsStream(name + ".c")) {
            if (in == null) {
                throw new IOException("no resource " + name + ".c");
            }
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        try {
            Shell.check("gcc", "-O2", "-Wall", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl");
            return library;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + source.getFileName() + " was compiled");
        }
    }
}
