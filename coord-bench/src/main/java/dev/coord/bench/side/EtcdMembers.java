package dev.coord.bench.side;

import dev.coord.raft.internal.transport.FreePorts;
import dev.coord.time.Ticker;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.maintenance.StatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three members of etcd, each a process of the {@code etcd} binary, with its own election timeout of 1 s. */
final class EtcdMembers implements AutoCloseable {
    private static final int COUNT = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Member> members = new ArrayList<>();
    private final List<String> endpoints = new ArrayList<>();
    private final List<List<String>> commands = new ArrayList<>();
    private final Path directory;

    EtcdMembers(Path directory) throws IOException {
        String binary = binary().orElseThrow(() -> new IOException("no etcd on the PATH"))
                .toString();
        List<String> peers =
                Stream.generate(EtcdMembers::freeAddress).limit(COUNT).toList();
        String cluster = IntStream.range(0, COUNT)
                .mapToObj(i -> "e" + i + "=" + peers.get(i))
                .collect(Collectors.joining(","));
        this.directory = Files.createDirectories(directory);
        for (int i = 0; i < COUNT; i++) {
            endpoints.add(freeAddress());
            commands.add(command(binary, directory, "e" + i, peers.get(i), endpoints.get(i), cluster));
            members.add(start(i));
        }
    }

    private Member start(int number) throws IOException {
        return new Member(commands.get(number), directory.resolve("e" + number + ".log"));
    }

    /** Starts a member again that has ended. */
    void restart(int number) throws IOException {
        members.set(number, start(number));
    }

    /** Waits until all members agree on a leader, and returns its endpoint. */
    String awaitLeader(Client client) throws IOException, InterruptedException {
        long end = Ticker.system().nanos() + PATIENCE.toNanos();
        while (Ticker.system().nanos() - end < 0) {
            Set<Long> leaders = new HashSet<>();
            String leader = "";
            for (String endpoint : endpoints) {
                Optional<StatusResponse> status = status(client, endpoint);
                leaders.add(status.map(StatusResponse::getLeader).orElse(0L));
                leader = status.filter(one -> one.getLeader() == one.getHeader().getMemberId())
                        .map(one -> endpoint)
                        .orElse(leader);
            }
            if (leaders.size() == 1 && !leader.isEmpty()) {
                return leader;
            }
            LockSupport.parkNanos(20_000_000);
        }
        throw new IOException("etcd elected no leader");
    }

    /** Empty if the member does not serve. */
    private static Optional<StatusResponse> status(Client client, String endpoint) throws InterruptedException {
        try {
            return Optional.of(
                    client.getMaintenanceClient().statusMember(endpoint).get(2, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
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
