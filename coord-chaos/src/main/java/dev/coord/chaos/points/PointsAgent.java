package dev.coord.chaos.points;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** The agent of a peer's JVM that weaves {@link Points} in. */
public final class PointsAgent {
    private PointsAgent() {}

    /**
     * Called by the JVM before the program.
     *
     * @param arguments of the agent: a point to die at, if any
     * @param instrumentation weaves
     */
    public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
        if (arguments != null && !arguments.isEmpty()) {
            Points.arm(arguments);
        }
        // Last: it is asked about each class that is loaded, and must not have to load its own for that.
        instrumentation.addTransformer(new Weaver());
    }

    /** Returns the argument of a JVM that has it weave, by an archive in a directory. */
    static String argument(Path directory) throws IOException {
        Path agent = directory.resolve("points.jar");
        write(agent);
        return "-javaagent:" + agent;
    }

    /** Writes the archive that the JVM wants; its classes are on the class path. */
    private static void write(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", PointsAgent.class.getName());
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.finish();
        }
    }
}
