package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.RaftStatus;
import dev.coord.raft.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Three peers on real directories over {@link TestNetwork}. */
final class TestPeers implements AutoCloseable {
    static final Set<String> IDS = Set.of("n1", "n2", "n3");

    final TestNetwork network = new TestNetwork();
    final Map<String, Peer> running = new TreeMap<>();
    private final Path root;
    private final UnaryOperator<RatisNodeConfig.Builder> settings;

    TestPeers(Path root, UnaryOperator<RatisNodeConfig.Builder> settings) {
        this.root = root;
        this.settings = settings;
    }

    record Peer(
            String id, RatisNode node, ListMachine machine, TestNetwork.Endpoint endpoint, List<Throwable> failures) {
        RaftStatus status() {
            return node.status();
        }
    }

    Path directory(String id) {
        return root.resolve(id);
    }

    Peer start(String id) throws RaftOpenException {
        TestNetwork.Endpoint endpoint = network.endpoint(id);
        ListMachine machine = new ListMachine();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        RatisNodeConfig.Builder builder = RatisNodeConfig.builder()
                .clusterId(root.toString())
                .selfId(id)
                .members(IDS)
                .directory(directory(id))
                .electionTimeout(Duration.ofMillis(300), Duration.ofMillis(600))
                .transport(endpoint)
                .stateMachine(machine)
                .onFailed(failures::add);
        RatisNode node = RatisNode.open(settings.apply(builder).build());
        endpoint.start(node::handle, peer -> {});
        Peer peer = new Peer(id, node, machine, endpoint, failures);
        running.put(id, peer);
        return peer;
    }

    TestPeers startAll() throws RaftOpenException {
        for (String id : IDS) {
            start(id);
        }
        return this;
    }

    Peer leader() {
        Eventually.until(
                () -> "a ready leader; " + statuses(),
                () -> running.values().stream().anyMatch(peer -> peer.status().ready()));
        return running.values().stream()
                .filter(peer -> peer.status().ready())
                .max((a, b) -> Long.compare(a.status().term(), b.status().term()))
                .orElseGet(this::leader);
    }

    String statuses() {
        return running.values().stream()
                .map(peer -> peer.id + "=" + peer.status() + " applied " + peer.machine.index())
                .toList()
                .toString();
    }

    List<Peer> followers() {
        Peer leader = leader();
        return running.values().stream().filter(peer -> !peer.equals(leader)).toList();
    }

    Peer peer(String id) {
        return Objects.requireNonNull(running.get(id), id);
    }

    /** Appends at the leader, each after the one before, and waits for all. */
    void append(int from, int to) throws Exception {
        Peer leader = leader();
        List<CompletableFuture<Void>> results = new ArrayList<>();
        for (int i = from; i < to; i++) {
            results.add(leader.node.append(("e" + i).getBytes(StandardCharsets.UTF_8)));
        }
        CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)).get(20, TimeUnit.SECONDS);
    }

    void awaitEntries(int count) {
        Eventually.until(
                () -> count + " entries everywhere; " + statuses(),
                () -> running.values().stream()
                        .allMatch(peer -> peer.machine.entries().size() == count));
    }

    void stop(String id) {
        Peer peer = peer(id);
        running.remove(id);
        peer.endpoint.close();
        peer.node.close();
    }

    void kill(String id) {
        Peer peer = peer(id);
        running.remove(id);
        peer.endpoint.close();
        peer.node.kill();
    }

    /** Closes all at once, as peers of one JVM would. */
    void closePeers() {
        CompletableFuture.allOf(running.values().stream()
                        .map(peer -> CompletableFuture.runAsync(() -> {
                            peer.node.close();
                            peer.endpoint.close();
                        }))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        running.clear();
    }

    @Override
    public void close() {
        closePeers();
        network.close();
    }
}
