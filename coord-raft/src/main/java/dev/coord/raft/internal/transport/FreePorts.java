package dev.coord.raft.internal.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds ports for peers on the loopback interface: below those the system hands out to connections, which might take one
 * before its peer does, and none twice in this JVM.
 */
public final class FreePorts {
    private static final int FIRST = 10_000;
    private static final int COUNT = 20_000;
    /** Processes that are started one after the other have stretches of their own, lest two find the same port free at once. */
    private static final int STRETCH = 64;

    private static final AtomicInteger next =
            new AtomicInteger((int) (ProcessHandle.current().pid() * STRETCH % COUNT));

    private FreePorts() {}

    /** Returns a port that nobody listens on. */
    public static int find() {
        for (int tries = 0; tries < COUNT; tries++) {
            int port = FIRST + Math.floorMod(next.getAndIncrement(), COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free ports from " + FIRST + " to " + (FIRST + COUNT));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
