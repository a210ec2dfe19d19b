package dev.coord.examples.upload;

import dev.coord.Coord;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.TransactionStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A process that takes documents in. */
final class Office {
    static final String PATH = "/commit/uploads";

    private final DocumentStore documents;
    private final Rows rows;
    private final Dying participants;
    private final CommitCoordinator coordinator;

    /** Opens it; at a point it dies. */
    Office(Coord coord, Path directory, String url, @Nullable CrashPoint point) throws IOException {
        documents = new DocumentStore(directory);
        rows = new Rows(url);
        participants = new Dying(documents, rows, point);
        coordinator = CommitCoordinator.on(coord, PATH)
                .participant(DocumentStore.NAME, participants)
                .lastResource(Rows.NAME, participants.database())
                .start();
    }

    /**
     * An upload under way.
     *
     * @param transaction its id
     * @param done completes when it is committed
     */
    record Upload(String transaction, CompletableFuture<Void> done) {}

    /** Takes a document in: its content goes to the store and a row to the database, both or neither. */
    Upload upload(String name, byte[] content) throws SQLException {
        GlobalTransaction transaction = coordinator.begin();
        documents.put(transaction, name, content);
        rows.insert(transaction, name, content.length);
        boolean dies = participants.diesAt(CrashPoint.BEFORE_THE_COMMIT_BEGINS);
        return new Upload(transaction.id(), dies ? new CompletableFuture<>() : transaction.commitAsync());
    }

    boolean isDead() {
        return participants.isDead();
    }

    /** Tells how far an upload is, whoever began it. */
    CompletableFuture<TransactionStatus> status(Upload upload) {
        return coordinator.statusAsync(upload.transaction());
    }

    /** Tells whether nothing is under way or in doubt. */
    boolean isAtRest() throws IOException {
        return coordinator.backlog().isEmpty() && documents.recover().isEmpty();
    }

    Map<String, Long> documents() throws IOException {
        return documents.list();
    }

    Map<String, Long> rows() throws SQLException {
        return rows.list();
    }

    /** Takes its connections away. */
    void bury() throws SQLException {
        rows.disconnect();
    }

    void close() throws SQLException {
        coordinator.close();
        rows.disconnect();
    }
}
