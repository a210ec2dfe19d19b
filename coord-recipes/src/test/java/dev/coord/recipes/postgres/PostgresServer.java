package dev.coord.recipes.postgres;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.postgresql.xa.PGXADataSource;

/**
 * A PostgreSQL server of this machine's own binaries, in a temporary directory and on a free port of the loopback interface, with
 * {@code PREPARE TRANSACTION} enabled. They are looked for where Debian has them, one directory for each version, or in the directory of
 * the system property {@code coord.postgresql}. It never runs as root: if the JVM does, the server is user {@code postgres}'s.
 *
 * <p>Nothing is left of it: {@link #close()} stops it and removes its directory, and so does a guardian process, a shell that waits for the
 * end of its input, once the JVM is gone in whatever way.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Path VERSIONS = Path.of(System.getProperty("coord.postgresql", "/usr/lib/postgresql"));
    private static final long PATIENCE_SECONDS = 60;

    /** Deaf to what is sent to the JVM's process group; and a server that is paused must go on to be stopped. */
    private static final String GUARDIAN = """
            trap '' INT HUP TERM
            cat >/dev/null
            server=$(head -n 1 "$DIRECTORY/data/postmaster.pid" 2>/dev/null)
            [ -n "$server" ] && kill -CONT $(pgrep -P "$server") "$server"
            "$@"
            rm -rf "$DIRECTORY"
            """;

    private final Path binaries;
    private final Path directory;
    private final int port;
    private final Process guardian;

    private PostgresServer(Path binaries, Path directory, int port) throws IOException {
        this.binaries = binaries;
        this.directory = directory;
        this.port = port;
        this.guardian = guard();
    }

    /** Says how a server is to be. */
    public static final class Options {
        private final List<String> settings = new ArrayList<>(List.of(
                "max_prepared_transactions=256",
                "max_connections=300",
                "shared_buffers=32MB",
                "log_min_messages=fatal"));

        /** For measurements of all but the disk; a crash of the server itself loses nothing then, one of the machine does. */
        public Options withoutFsync() {
            return with("fsync", "off");
        }

        /** Sets what {@code postgresql.conf} would. */
        public Options with(String setting, String value) {
            settings.add(setting + "=" + value);
            return this;
        }
    }

    /** Tells where the newest version's programs are, if there are any. */
    public static Optional<Path> binaries() {
        if (!Files.isDirectory(VERSIONS)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(VERSIONS)) {
            return versions.filter(version -> Files.isExecutable(version.resolve("bin/postgres")))
                    .max(Comparator.comparingDouble(PostgresServer::number))
                    .map(version -> version.resolve("bin"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double number(Path version) {
        String name = version.getFileName().toString();
        return name.matches("\\d+(\\.\\d+)?") ? Double.parseDouble(name) : 0;
    }

    /**
     * Returns the server that all tests of this JVM share, at the same time, so nobody may crash or pause it; skips the calling test if
     * there is none.
     */
    public static PostgresServer sharedOrSkip() {
        skipWithoutBinaries();
        return Shared.SERVER;
    }

    /** Starts a server for one test class, that may do with it what it wants; skips the calling test if there is none. */
    public static PostgresServer startOrSkip(Options options) {
        skipWithoutBinaries();
        return start(options);
    }

    /** Says that a test is skipped where nobody overlooks it. */
    private static void skipWithoutBinaries() {
        if (binaries().isEmpty()) {
            String skipped = "SKIPPED: PostgreSQL is not installed (no " + VERSIONS
                    + "/*/bin/postgres), so nothing was tested on it; " + "install postgresql";
            Loud.say(skipped);
            Assumptions.abort(skipped);
        }
    }

    /** Started by whoever asks first. */
    private static final class Shared {
        static final PostgresServer SERVER = start(new Options());

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close, "postgres-stop"));
        }
    }

    /** Starts a server; there must be {@link #binaries()}. */
    public static PostgresServer start(Options options) {
        try {
            Path directory = Files.createTempDirectory("coord-pg");
            PostgresServer server = new PostgresServer(binaries().orElseThrow(), directory, freePort());
            try {
                server.create(options);
                server.start();
                return server;
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void create(Options options) throws IOException {
        if (isRoot()) {
            run(List.of("chown", "postgres", directory.toString()));
        }
        run(asOwner("initdb", "-D", data(), "-U", "coord", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        List<String> lines = new ArrayList<>();
        lines.add("listen_addresses='127.0.0.1'");
        lines.add("port=" + port);
        lines.add("unix_socket_directories='" + directory + "'");
        lines.addAll(options.settings);
        Files.write(Path.of(data(), "postgresql.auto.conf"), lines);
    }

    /** Starts it again after {@link #crash()}; returns when it takes connections. */
    public void start() {
        run(asOwner(
                "pg_ctl", "-D", data(), "-w", "-t", Long.toString(PATIENCE_SECONDS), "-l", log().toString(), "start"));
    }

    /** Kills the server, all its processes at once and without warning; what was not on disk is lost. */
    public void crash() {
        List<ProcessHandle> processes = processes();
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            try {
                process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the server dies", e);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("process " + process.pid() + " does not die", e);
            }
        }
    }

    /** Stops all its processes where they are: connections stay open, and nobody answers. */
    public void pause() {
        signal("-STOP");
    }

    /** Lets them go on. */
    public void resume() {
        signal("-CONT");
    }

    private void signal(String signal) {
        List<String> command = new ArrayList<>(List.of("kill", signal));
        processes().forEach(process -> command.add(Long.toString(process.pid())));
        run(command);
    }

    private List<ProcessHandle> processes() {
        try {
            long pid = Long.parseLong(
                    Files.readAllLines(Path.of(data(), "postmaster.pid")).get(0).trim());
            ProcessHandle postmaster = ProcessHandle.of(pid)
                    .orElseThrow(() -> new IllegalStateException("the server is not running: " + pid));
            return Stream.concat(Stream.of(postmaster), postmaster.descendants())
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("the server is not running", e);
        }
    }

    /** Creates an empty database. */
    public void createDatabase(String name) throws SQLException {
        execute("create database " + name);
    }

    /** Removes a database, whoever is connected to it; nothing in it may be prepared. */
    public void dropDatabase(String name) throws SQLException {
        execute("drop database " + name + " with (force)");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"))) {
            connection.createStatement().execute(sql);
        }
    }

    /** Returns the JDBC URL of a database, with the user. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=coord";
    }

    /** Returns the port that it listens on. */
    public int port() {
        return port;
    }

    /** Returns a data source for XA of a database. */
    public PGXADataSource xaDataSource(String database) {
        PGXADataSource source = new PGXADataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(database);
        source.setUser("coord");
        return source;
    }

    /** Ends the guardian's wait, who stops the server and removes what is left of it. */
    @Override
    public void close() {
        try {
            guardian.getOutputStream().close();
            if (!guardian.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server does not stop");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process guard() throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARDIAN, "guardian"));
        command.addAll(asOwner("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD);
        builder.environment().put("DIRECTORY", directory.toString());
        return builder.start();
    }

    private List<String> asOwner(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
        }
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private Path log() {
        return directory.resolve("server.log");
    }

    private void run(List<String> command) {
        try {
            // A file and not a pipe: the server would inherit the pipe, and keep it open.
            Path output = Files.createTempFile("coord-pg", ".out");
            Process process = new ProcessBuilder(command)
                    .directory(new File("/"))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(2 * PATIENCE_SECONDS, TimeUnit.SECONDS);
            String said = Files.readString(output);
            Files.delete(output);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(
                        command + " failed: " + said + (Files.exists(log()) ? Files.readString(log()) : ""));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during " + command, e);
        }
    }
}
