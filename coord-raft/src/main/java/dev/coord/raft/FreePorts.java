package dev.coord.raft;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for peers on the loopback interface, below those the system hands out to connections. None is given twice in
 * this JVM before it is given back; another process may take one all the same.
 */
final class FreePorts {
    private static final int FIRST = 10_000;
    private static final int END = 30_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePorts() {}

    static int[] take(int count) {
        int[] ports = new int[count];
        int next = ThreadLocalRandom.current().nextInt(FIRST, END);
        for (int found = 0, tries = 0; found < count; tries++) {
            if (tries > END - FIRST) {
                throw new IllegalStateException("no free ports from " + FIRST + " to " + END);
            }
            if (GIVEN.add(next)) {
                if (isFree(next)) {
                    ports[found++] = next;
                } else {
                    GIVEN.remove(next);
                }
            }
            next = next + 1 < END ? next + 1 : FIRST;
        }
        return ports;
    }

    static void giveBack(int[] ports) {
        for (int port : ports) {
            GIVEN.remove(port);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
