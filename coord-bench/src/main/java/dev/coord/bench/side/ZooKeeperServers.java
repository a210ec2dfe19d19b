package dev.coord.bench.side;

import dev.coord.raft.internal.transport.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The files by which servers of ZooKeeper find each other. */
final class ZooKeeperServers {
    private final List<Integer> clientPorts = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();

    ZooKeeperServers(Path directory, int count) throws IOException {
        String servers = IntStream.rangeClosed(1, count)
                .mapToObj(id -> "server." + id + "=127.0.0.1:" + FreePorts.find() + ":" + FreePorts.find())
                .collect(Collectors.joining("\n"));
        for (int id = 1; id <= count; id++) {
            Path home = Files.createDirectories(directory.resolve("server-" + id));
            int port = FreePorts.find();
            Files.writeString(home.resolve("myid"), Integer.toString(id));
            files.add(Files.writeString(home.resolve("zoo.cfg"), settings(home, port, servers)));
            clientPorts.add(port);
        }
    }

    private static String settings(Path home, int port, String servers) {
        return String.join(
                "\n",
                "dataDir=" + home,
                "clientPort=" + port,
                "clientPortAddress=127.0.0.1",
                "tickTime=2000",
                "initLimit=10",
                "syncLimit=5",
                "maxClientCnxns=0",
                "autopurge.snapRetainCount=3",
                "autopurge.purgeInterval=1",
                "admin.enableServer=false",
                servers,
                "");
    }

    /** Returns the settings file of each server. */
    List<Path> files() {
        return files;
    }

    /** Returns where clients connect to a server. */
    String address(int server) {
        return "127.0.0.1:" + clientPorts.get(server);
    }

    /** Returns where clients connect to any server. */
    String addresses() {
        return IntStream.range(0, clientPorts.size()).mapToObj(this::address).collect(Collectors.joining(","));
    }
}
