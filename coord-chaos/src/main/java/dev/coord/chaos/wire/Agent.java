package dev.coord.chaos.wire;

import dev.coord.raft.CoordPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the driver's commands beside a peer, in its process. Each connection is one session of the peer, or none; when it
 * breaks its session is closed.
 */
public final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    private final CoordPeer peer;
    private final ServerSocket server;
    private final Consumer<String> armed;

    private Agent(CoordPeer peer, ServerSocket server, Consumer<String> armed) {
        this.peer = peer;
        this.server = server;
        this.armed = armed;
    }

    /**
     * Begins to take commands.
     *
     * @param peer whose Coord is used
     * @param host the address to listen on
     * @param port the port to listen on
     * @param armed is given the names of places in the code at which to die
     * @return what runs
     * @throws IOException if the port is taken
     */
    public static Agent start(CoordPeer peer, String host, int port, Consumer<String> armed) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(host, port), 256);
        Agent agent = new Agent(peer, server, armed);
        Threads.start("agent-accept", agent::accept);
        return agent;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                AgentConnection connection = new AgentConnection(peer, new Frames(socket), armed);
                Threads.start("agent-" + socket.getPort(), connection::serve);
            } catch (IOException e) {
                log.debug("a connection failed to come about", e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
