package dev.coord.examples.peer;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link PeerProgram}: those of {@link dev.coord.raft.CoordPeer#fromProperties}, which begin with
 * {@code coord.}, and {@code health.host} and {@code health.port}.
 */
public final class PeerSettings {
    private static final String HEALTH_HOST = "health.host";
    private static final String HEALTH_PORT = "health.port";

    private final Properties properties;

    private PeerSettings(Properties properties) {
        this.properties = properties;
    }

    /**
     * Reads settings from arguments: files of properties, and flags such as {@code --coord.id=n1}. What comes later counts
     * more.
     *
     * @param arguments files and flags
     * @return the settings, not checked yet
     * @throws IllegalArgumentException if a file cannot be read or a flag has no value
     */
    public static PeerSettings of(String... arguments) {
        Properties properties = new Properties();
        for (String argument : arguments) {
            if (argument.startsWith("--")) {
                flag(argument, properties);
            } else {
                load(Path.of(argument), properties);
            }
        }
        return new PeerSettings(properties);
    }

    private static void flag(String argument, Properties properties) {
        int equals = argument.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException(argument + " has no value; flags look like --coord.id=n1");
        }
        properties.setProperty(argument.substring(2, equals), argument.substring(equals + 1));
    }

    private static void load(Path file, Properties properties) {
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no file " + file);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage());
        }
    }

    /**
     * Takes a setting out that is the caller's own, so that the peer does not wonder at it.
     *
     * @param name its name
     * @return its value, null if it is not set
     */
    public @Nullable String take(String name) {
        return (String) properties.remove(name);
    }

    /** The settings of the peer. */
    Properties peer() {
        for (String name : properties.stringPropertyNames()) {
            if (!name.startsWith("coord.") && !name.equals(HEALTH_HOST) && !name.equals(HEALTH_PORT)) {
                throw new IllegalArgumentException(
                        "unknown property '" + name + "'; known are coord.…, " + HEALTH_HOST + " and " + HEALTH_PORT);
            }
        }
        return properties;
    }

    String healthHost() {
        return properties.getProperty(HEALTH_HOST, "127.0.0.1");
    }

    /** The port to tell the health on: 0 for any that is free, -1 for none. */
    int healthPort() {
        String port = properties.getProperty(HEALTH_PORT, "-1");
        try {
            int number = Integer.parseInt(port.strip());
            if (number >= -1 && number <= 65_535) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IllegalArgumentException(HEALTH_PORT + " '" + port + "' is not a port");
    }
}
