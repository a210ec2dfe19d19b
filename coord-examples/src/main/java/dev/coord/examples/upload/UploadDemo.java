package dev.coord.examples.upload;

import dev.coord.examples.Telling;
import dev.coord.examples.upload.Office.Upload;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.testkit.SimulatedCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Documents are uploaded: each goes to a directory and its row to a database. The process that does so dies at each point in between, once;
 * another one recovers. No file without a row remains, and no row without a file. The peers are simulated, so that they can die when that
 * is wanted, and the seconds that pass between death and recovery are virtual; files and rows are real. Exits with 1 if anything is not
 * so.
 *
 * <p>Run it with {@code mvn -q -Pdemo -DskipTests verify -Ddemo.main=dev.coord.examples.upload.UploadDemo}.
 */
public final class UploadDemo {
    private static final Duration TTL = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofMillis(10);
    private static final Set<TransactionStatus> OVER =
            Set.of(TransactionStatus.COMMITTED, TransactionStatus.ABORTED, TransactionStatus.FORGOTTEN);
    private static final byte[] CONTENT =
            "what is in the document\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);

    private final Telling telling;
    private final SimulatedCluster cluster;
    private final Path directory;
    private final String url;

    private UploadDemo(Telling telling, SimulatedCluster cluster, Path directory) {
        this.telling = telling;
        this.cluster = cluster;
        this.directory = directory;
        this.url = "jdbc:h2:file:" + directory.resolve("database") + ";DB_CLOSE_DELAY=-1";
    }

    /**
     * Runs the demo.
     *
     * @param args ignored
     */
    public static void main(String[] args) {
        System.exit(run(System.out));
    }

    static int run(PrintStream out) {
        return new Telling(out).run(telling -> {
            Path directory = Files.createTempDirectory("coord-upload");
            try (SimulatedCluster cluster = SimulatedCluster.start(3, 5)) {
                new UploadDemo(telling, cluster, directory).play();
            } finally {
                delete(directory);
            }
        });
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void play() throws Exception {
        new Rows(url).create();
        telling.chapter("A document and its row, and nobody dies");
        Office office = office("n1", null);
        cluster.await(office.upload("document", CONTENT).done());
        telling.check(isThere(office, "document"), "the document is in the directory, and its row in the database");
        office.close();

        telling.chapter("The process that uploads dies, and another one recovers");
        for (CrashPoint point : CrashPoint.values()) {
            dieAt(point);
        }
        telling.chapter("All is well: " + CrashPoint.values().length
                + " deaths, no file without a row, no row without a file.");
    }

    private Office office(String peer, @Nullable CrashPoint point) throws IOException {
        return new Office(cluster.open(peer, TTL), directory, url, point);
    }

    private void dieAt(CrashPoint point) throws Exception {
        String name = point.toString().replace(' ', '-');
        Office first = office("n1", point.isHeirs() ? CrashPoint.AFTER_THE_ROW_IS_COMMITTED : point);
        Upload upload = first.upload(name, CONTENT);
        die("n1", first);
        if (point == CrashPoint.WHEN_THE_DOCUMENT_IS_STAGED_BY_HALF) {
            tear();
        }
        if (point.isHeirs()) {
            die("n2", office("n2", point));
        }
        Duration death = cluster.elapsed();
        Office heir = office("n3", null);
        awaitEnd(heir, upload);
        telling.check(
                isThere(heir, name) == point.isThere(),
                point + ": after " + cluster.elapsed().minus(death).toMillis() + " ms "
                        + (point.isThere() ? "file and row are there" : "there is neither file nor row"));
        heir.close();
    }

    /** Lets an office die: its peer, and its connections. The peer comes back, with nothing of the office. */
    private void die(String peer, Office office) throws SQLException, InterruptedException {
        cluster.runUntil("the death", LIMIT, office::isDead);
        cluster.faults().crash(peer);
        office.bury();
        cluster.faults().restart(peer);
    }

    private void awaitEnd(Office heir, Upload upload) throws IOException {
        Duration begin = cluster.elapsed();
        while (!OVER.contains(cluster.await(heir.status(upload))) || !heir.isAtRest()) {
            if (cluster.elapsed().minus(begin).compareTo(LIMIT) > 0) {
                throw new IllegalStateException(upload.transaction() + " does not end");
            }
            cluster.advance(MOMENT);
        }
    }

    /** What a machine may leave of a file that it was writing when it went down. */
    private void tear() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("staging"))) {
            for (Path file : files.toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(CONTENT.length / 2);
                }
            }
        }
    }

    /** Tells whether a document and its row are there; fails if one of them is, or any other without its counterpart. */
    private boolean isThere(Office office, String name) throws IOException, SQLException {
        Map<String, Long> files = office.documents();
        Map<String, Long> rows = office.rows();
        if (!files.equals(rows)) {
            throw new IllegalStateException("there are files " + files + " and rows " + rows);
        }
        Long size = files.get(name);
        if (size != null && size != CONTENT.length) {
            throw new IllegalStateException(name + " has " + size + " bytes instead of " + CONTENT.length);
        }
        return size != null;
    }
}
