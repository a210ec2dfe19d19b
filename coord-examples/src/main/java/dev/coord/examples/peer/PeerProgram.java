package dev.coord.examples.peer;

import dev.coord.raft.CoordPeer;
import dev.coord.raft.PeerStartException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Runs a peer until it is asked to end.
 *
 * <pre>{@code
 * java -cp … dev.coord.examples.peer.PeerProgram peer.properties --coord.id=n1 --health.port=8101
 * }</pre>
 *
 * <p>Files hold properties and flags replace them: {@code coord.id}, {@code coord.members}, {@code coord.data-directory} and
 * the others of {@link CoordPeer#fromProperties}; {@code health.port} is where {@code GET /health} is answered (none if not
 * given, any free one if 0) and {@code health.host} on which address, {@code 127.0.0.1} if not given. On SIGTERM the peer ends
 * its sessions and closes, and the JVM exits with its usual 143. It exits with 2 if a setting is wrong and with 1 if the peer
 * cannot start.
 */
public final class PeerProgram implements AutoCloseable {
    private static final int CANNOT_START = 1;
    private static final int WRONG_SETTING = 2;

    private final CoordPeer peer;
    private final @Nullable HealthEndpoint health;

    private PeerProgram(CoordPeer peer, @Nullable HealthEndpoint health) {
        this.peer = peer;
        this.health = health;
    }

    /**
     * Runs a peer until the JVM ends.
     *
     * @param arguments files and flags
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] arguments) throws InterruptedException {
        int status;
        try {
            PeerProgram program = start(PeerSettings.of(arguments));
            Runtime.getRuntime().addShutdownHook(new Thread(program::close, "peer-shutdown"));
            System.out.println(program.peer + (program.health == null ? "" : ", health on " + program.healthPort()));
            new CountDownLatch(1).await();
            return;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            status = WRONG_SETTING;
        } catch (PeerStartException | IOException e) {
            System.err.println(e.getMessage());
            status = CANNOT_START;
        }
        System.exit(status);
    }

    /**
     * Starts a peer and, if asked for, tells its health.
     *
     * @param settings of both
     * @return what runs
     * @throws IllegalArgumentException if a setting is wrong
     * @throws PeerStartException if the peer cannot start
     * @throws IOException if the port of the health is taken
     */
    public static PeerProgram start(PeerSettings settings) throws IOException {
        int port = settings.healthPort();
        CoordPeer peer = CoordPeer.fromProperties(settings.peer()).start();
        try {
            return new PeerProgram(
                    peer, port < 0 ? null : new HealthEndpoint(settings.healthHost(), port, peer::status));
        } catch (IOException | RuntimeException e) {
            peer.close();
            throw e;
        }
    }

    /**
     * Returns the peer.
     *
     * @return the running peer
     */
    public CoordPeer peer() {
        return peer;
    }

    /**
     * Returns the port that the health is told on.
     *
     * @return the port, -1 if it is not told
     */
    public int healthPort() {
        return health == null ? -1 : health.port();
    }

    /** Closes the peer and stops telling its health. */
    @Override
    public void close() {
        peer.close();
        if (health != null) {
            health.close();
        }
    }
}
