package dev.coord.raft;

import dev.coord.raft.PeerStartException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A peer's data directory: whose it is, and whether the peer has taken part with it. The identity is written before the
 * peer first votes, so a directory without one belongs to a peer that is new, or that has lost its memory.
 */
final class PeerDirectory {
    private static final String IDENTITY = "identity.properties";

    private final Path path;
    private final String cluster;
    private final String peer;
    private String directoryId = "";
    private boolean joined;

    /** Whether the peer came to a cluster that was there already. */
    private boolean invited;

    private PeerDirectory(Path path, String cluster, String peer) {
        this.path = path;
        this.cluster = cluster;
        this.peer = peer;
    }

    /** Opens or creates the directory. */
    static PeerDirectory open(Path path, String cluster, String peer) {
        PeerDirectory directory = new PeerDirectory(path.toAbsolutePath().normalize(), cluster, peer);
        try {
            Files.createDirectories(directory.path);
            directory.load();
            return directory;
        } catch (IOException e) {
            throw directory.unusable(e);
        }
    }

    private void load() throws IOException {
        Path file = path.resolve(IDENTITY);
        if (!Files.exists(file)) {
            if (holdsLog()) {
                throw new PeerStartException(
                        Reason.DIRECTORY_OF_ANOTHER_PEER,
                        path + " holds a Raft log but no " + IDENTITY + ": restore that file, or give peer " + peer
                                + " an empty directory",
                        null);
            }
            directoryId = UUID.randomUUID().toString();
            store();
            return;
        }
        Properties identity = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            identity.load(in);
        }
        check("cluster", identity, cluster);
        check("peer", identity, peer);
        directoryId = identity.getProperty("directory", "");
        joined = Boolean.parseBoolean(identity.getProperty("joined"));
        invited = Boolean.parseBoolean(identity.getProperty("invited"));
        if (joined && !holdsLog()) {
            throw memoryLost("its Raft log is gone from " + path);
        }
    }

    private void check(String name, Properties identity, String expected) {
        String found = identity.getProperty(name);
        if (!expected.equals(found)) {
            throw new PeerStartException(
                    Reason.DIRECTORY_OF_ANOTHER_PEER,
                    path + " belongs to " + name + " " + found + ", not " + expected
                            + ": give each peer its own directory",
                    null);
        }
    }

    /** Whether Raft has been here: its metadata hold its term and vote, and are written before either counts. */
    private boolean holdsLog() throws IOException {
        if (!Files.isDirectory(raft())) {
            return false;
        }
        try (Stream<Path> groups = Files.list(raft())) {
            return groups.map(group -> group.resolve("current").resolve("raft-meta"))
                    .anyMatch(Files::exists);
        }
    }

    /** Remembers that the peer takes part from now on. */
    void join() {
        if (!joined) {
            try {
                joined = true;
                store();
            } catch (IOException e) {
                throw unusable(e);
            }
        }
    }

    /** Remembers, before the peer takes part, that it comes to a cluster that is there already, and so begins with no members. */
    void invite() {
        if (!joined && !invited) {
            try {
                invited = true;
                store();
            } catch (IOException e) {
                throw unusable(e);
            }
        }
    }

    private void store() throws IOException {
        Path temporary = path.resolve(IDENTITY + ".tmp");
        Files.writeString(temporary, text(), StandardCharsets.ISO_8859_1);
        force(temporary);
        move(temporary, path.resolve(IDENTITY));
        force(path);
    }

    /** Not by {@link Properties}, whose note of the time has a JVM that has just begun load time zones and locales. */
    private String text() {
        return "# Which peer this directory belongs to. Do not edit, copy or delete.\n"
                + "cluster=" + cluster + "\npeer=" + peer + "\ndirectory=" + directoryId
                + "\njoined=" + joined + "\ninvited=" + invited + "\n";
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Whether the disk takes writes again: fails if it does not. */
    void probe() throws IOException {
        Path file = path.resolve("probe.tmp");
        try {
            Files.write(file, new byte[1 << 16]);
            force(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** The error of a peer that has taken part and does not remember. */
    PeerStartException memoryLost(String how) {
        return new PeerStartException(
                Reason.MEMORY_LOST,
                "peer " + peer + " has taken part in cluster " + cluster + " but " + how
                        + "; it could vote twice. Restore the directory, or remove " + peer
                        + " at another peer by Membership and add one with a new id",
                null);
    }

    private PeerStartException unusable(IOException cause) {
        return new PeerStartException(
                Reason.DIRECTORY_UNUSABLE,
                "data directory " + path + " cannot be used (" + cause
                        + "): check that it is a directory, its rights, and the space and state of its file system",
                cause);
    }

    String id() {
        return directoryId;
    }

    boolean joined() {
        return joined;
    }

    boolean invited() {
        return invited;
    }

    Path raft() {
        return path.resolve("raft");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
