package dev.coord.raft.internal.ratis;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A peer's last vote, kept beside Ratis's own record of it and with a checksum. Ratis replaces its record by an empty file when it
 * cannot write it (a full disk is enough), syncs no directory after renaming it, and cannot tell when it was damaged; a peer that
 * forgets its vote may vote twice, and two leaders of one term lose what was acknowledged.
 *
 * @param term the term of the vote
 * @param candidate whom it was for
 */
record Ballot(long term, String candidate) {
    private static final String TERM = "term";
    private static final String CANDIDATE = "votedFor";
    private static final String CHECKSUM = "checksum";
    private static final String TEMPORARY = "coord-vote-";

    /** Returns what is in the file; null if there is none, or it cannot be relied on. */
    static @Nullable Ballot read(Path file) throws IOException {
        Properties text = load(file);
        Ballot ballot = parse(text);
        return ballot != null && ballot.checksum().equals(text.getProperty(CHECKSUM)) ? ballot : null;
    }

    /** Makes the vote durable. */
    void write(Path file) throws IOException {
        store(text() + CHECKSUM + "=" + checksum() + "\n", file);
    }

    /** Sees to it that Ratis's record says nothing older, and nothing else of this term. Returns whether it did. */
    boolean repair(Path ratis) throws IOException {
        Ballot found = parse(load(ratis));
        if (found != null && (found.term > term || found.equals(this))) {
            return false;
        }
        store(text(), ratis);
        return true;
    }

    /** Not by {@link Properties}, whose note of the time has a JVM that has just begun load time zones and locales. */
    private String text() {
        return "# Do not edit, copy or delete.\n" + TERM + "=" + term + "\n" + CANDIDATE + "=" + candidate + "\n";
    }

    private String checksum() {
        CRC32C crc = new CRC32C();
        crc.update((term + " " + candidate).getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }

    private static Properties load(Path file) throws IOException {
        Properties text = new Properties();
        if (Files.exists(file)) {
            try {
                text.load(new StringReader(Files.readString(file, StandardCharsets.ISO_8859_1)));
            } catch (IllegalArgumentException e) {
                text.clear(); // An escape that is none: it is damaged.
            }
        }
        return text;
    }

    private static @Nullable Ballot parse(Properties text) {
        try {
            String candidate = text.getProperty(CANDIDATE);
            return candidate == null ? null : new Ballot(Long.parseLong(text.getProperty(TERM, "")), candidate);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static void store(String text, Path file) throws IOException {
        Path directory = requireNonNull(file.toAbsolutePath().getParent());
        Path temporary = Files.createTempFile(directory, TEMPORARY, null);
        Files.writeString(temporary, text, StandardCharsets.ISO_8859_1);
        Disk.forceFile(temporary);
        Disk.move(temporary, file);
    }

    /** Deletes what writes have left that did not end; one that ends yet, of a process or a part of it that was given up, fails. */
    static void sweep(Path directory) throws IOException {
        for (Path file : Disk.list(directory)) {
            if (file.getFileName().toString().startsWith(TEMPORARY)) {
                Files.deleteIfExists(file);
            }
        }
    }
}
