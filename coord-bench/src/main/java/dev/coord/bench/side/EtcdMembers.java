package dev.coord.bench.side;

import dev.coord.raft.internal.transport.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three members of etcd, each a process of the {@code etcd} binary, with its own election timeout of 1 s. */
final class EtcdMembers implements AutoCloseable {
    private static final int COUNT = 3;

    private final List<Member> members = new ArrayList<>();
    private final List<String> endpoints = new ArrayList<>();

    EtcdMembers(Path directory) throws IOException {
        String binary = binary().orElseThrow(() -> new IOException("no etcd on the PATH"))
                .toString();
        List<String> peers =
                Stream.generate(EtcdMembers::freeAddress).limit(COUNT).toList();
        String cluster = IntStream.range(0, COUNT)
                .mapToObj(i -> "e" + i + "=" + peers.get(i))
                .collect(Collectors.joining(","));
        Files.createDirectories(directory);
        for (int i = 0; i < COUNT; i++) {
            endpoints.add(freeAddress());
            List<String> command = command(binary, directory, "e" + i, peers.get(i), endpoints.get(i), cluster);
            members.add(new Member(command, directory.resolve("e" + i + ".log")));
        }
    }

    /** Returns where etcd is installed. */
    static Optional<Path> binary() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(directory -> Path.of(directory, "etcd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String freeAddress() {
        return "http://127.0.0.1:" + FreePorts.find();
    }

    private static List<String> command(
            String binary, Path directory, String name, String peer, String client, String cluster) {
        return List.of(
                binary,
                "--name=" + name,
                "--data-dir=" + directory.resolve(name),
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--initial-cluster=" + cluster,
                "--initial-cluster-state=new",
                "--initial-cluster-token=bench",
                "--quota-backend-bytes=8589934592",
                "--auto-compaction-mode=revision",
                "--auto-compaction-retention=100000",
                "--logger=zap",
                "--log-level=error");
    }

    List<String> endpoints() {
        return endpoints;
    }

    List<Member> members() {
        return members;
    }

    @Override
    public void close() throws IOException {
        for (Member member : members) {
            member.close();
        }
    }
}
