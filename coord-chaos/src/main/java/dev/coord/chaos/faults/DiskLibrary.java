package dev.coord.chaos.faults;

import dev.coord.chaos.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The library in C that is preloaded into peers; compiled when first needed, since what runs is not known before. */
final class DiskLibrary {
    private static final String SOURCE = "disk.c";

    private static @Nullable Path compiled;

    private DiskLibrary() {}

    /** Why this machine cannot have it. */
    static Optional<String> obstacle(Machine machine) {
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
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** Returns the library, compiled if this is the first time. */
    static synchronized Path file() throws IOException, InterruptedException {
        Path library = compiled;
        if (library == null) {
            library = compile();
            compiled = library;
        }
        return library;
    }

    private static Path compile() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("coord-chaos-library-");
        directory.toFile().deleteOnExit();
        Path source = directory.resolve(SOURCE);
        Path library = directory.resolve("disk.so");
        source.toFile().deleteOnExit();
        library.toFile().deleteOnExit();
        try (InputStream in = DiskLibrary.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IOException("no resource " + SOURCE);
            }
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Shell.check("gcc", "-O2", "-Wall", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl");
        return library;
    }
}
