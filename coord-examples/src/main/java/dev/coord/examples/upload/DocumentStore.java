package dev.coord.examples.upload;

import dev.coord.FencedException;
import dev.coord.recipes.commit.BlockingParticipant;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.Vote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps documents as files in a directory, and takes part in two-phase commits. Thread-safe.
 *
 * <p>To prepare is to write the document to a staging directory under a name that says all that is needed afterwards: the transaction,
 * the attempt's token, and what the document is to be called. To commit is to rename it, to abort to delete it; either finds nothing to do
 * if it was done before. What lies in the staging directory is what is in doubt, also if it was written by half: then nobody was told
 * that it is prepared, and so nobody commits it. Files and directories are forced to disk before a call returns.
 */
final class DocumentStore implements BlockingParticipant {
    static final String NAME = "documents";
    private static final String SEPARATOR = "~";

    private final Path documents;
    private final Path staging;

    /** What was given here to be written, by transaction, until it is. */
    private final Map<String, Document> given = new ConcurrentHashMap<>();

    private record Document(String name, ByteBuffer content) {}

    /**
     * A document that is in doubt.
     *
     * @param file where it lies
     * @param token of the attempt that has prepared it
     * @param name what it is to be called
     */
    private record Staged(Path file, long token, String name) {
        static Staged of(Path file) {
            String[] parts = file.getFileName().toString().split(SEPARATOR, 3);
            return new Staged(file, Long.parseLong(parts[1]), parts[2]);
        }
    }

    DocumentStore(Path directory) throws IOException {
        this.documents = Files.createDirectories(directory.resolve("documents"));
        this.staging = Files.createDirectories(directory.resolve("staging"));
    }

    /** Makes a document part of a transaction. It is written when that commits. */
    void put(GlobalTransaction transaction, String name, byte[] content) {
        if (!name.matches("[\\w.-]{1,100}") || name.startsWith(".")) {
            throw new IllegalArgumentException(
                    "a document called '" + name + "'; use up to 100 letters, digits, dots, hyphens and underscores");
        }
        given.put(transaction.id(), new Document(name, ByteBuffer.wrap(content.clone())));
        transaction.enlist(NAME);
    }

    @Override
    public Vote prepare(Branch branch) throws IOException {
        if (staged(branch).isPresent()) {
            return Vote.prepared();
        }
        Document document = given.remove(branch.transaction());
        if (document == null) {
            return Vote.refused("no document of transaction " + branch.transaction() + " in this process");
        }
        Path file = staging.resolve(
                String.join(SEPARATOR, branch.transaction(), Long.toString(branch.token()), document.name()));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer rest = document.content().duplicate();
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        force(staging);
        return Vote.prepared();
    }

    @Override
    public void commit(Branch branch) throws IOException {
        Optional<Staged> found = staged(branch);
        if (found.isPresent()) {
            Staged staged = found.get();
            Files.move(staged.file(), documents.resolve(staged.name()), StandardCopyOption.ATOMIC_MOVE);
        }
        // Also if it was moved before: perhaps by a call that died before it got here.
        force(documents);
        force(staging);
    }

    @Override
    public void abort(Branch branch) throws IOException {
        given.remove(branch.transaction());
        Optional<Staged> found = staged(branch);
        if (found.isPresent()) {
            Files.deleteIfExists(found.get().file());
        }
        force(staging);
    }

    @Override
    public Set<String> recover() throws IOException {
        try (Stream<Path> files = Files.list(staging)) {
            return files.map(file -> file.getFileName().toString().split(SEPARATOR, 2)[0])
                    .collect(Collectors.toSet());
        }
    }

    private Optional<Staged> staged(Branch branch) throws IOException {
        try (Stream<Path> files = Files.list(staging)) {
            Optional<Staged> found = files.filter(
                            file -> file.getFileName().toString().startsWith(branch.transaction() + SEPARATOR))
                    .findFirst()
                    .map(Staged::of);
            if (found.isPresent() && found.get().token() > branch.token()) {
                throw new FencedException(branch + " comes from a former coordinator: it was prepared by "
                        + found.get().token());
            }
            return found;
        }
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
        }
    }

    /** Returns the documents by name, with their sizes in bytes. */
    Map<String, Long> list() throws IOException {
        try (Stream<Path> files = Files.list(documents)) {
            return files.collect(Collectors.toMap(
                    file -> file.getFileName().toString(), file -> file.toFile().length()));
        }
    }
}
