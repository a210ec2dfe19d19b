package dev.coord.chaos;

import dev.coord.chaos.points.Points;
import dev.coord.chaos.wire.Agent;
import dev.coord.examples.peer.PeerProgram;
import dev.coord.examples.peer.PeerSettings;
import dev.coord.raft.PeerStartException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The peer program with an agent beside it, which does what the driver asks. */
public final class ChaosPeer {
    private static final Logger log = LoggerFactory.getLogger(ChaosPeer.class);
    private static final int CANNOT_START = 1;

    private ChaosPeer() {}

    /**
     * Runs until it is killed or asked to end.
     *
     * @param arguments those of {@link PeerProgram}, {@code --agent.host} and {@code --agent.port}
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            PeerSettings settings = PeerSettings.of(arguments);
            String host = setting(settings, "agent.host");
            int port = Integer.parseInt(setting(settings, "agent.port"));
            PeerProgram program = PeerProgram.start(settings);
            Runtime.getRuntime().addShutdownHook(new Thread(program::close, "peer-shutdown"));
            Agent.start(program.peer(), host, port, Points::arm);
            new CountDownLatch(1).await();
        } catch (IllegalArgumentException | PeerStartException | IOException e) {
            log.error("cannot start", e);
            System.exit(CANNOT_START);
        }
    }

    private static String setting(PeerSettings settings, String name) {
        String value = settings.take(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
