package dev.coord.chaos.run;

import dev.coord.chaos.ChaosPeer;
import dev.coord.chaos.Launch;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.load.Door;
import dev.coord.chaos.wire.AgentClient;
import dev.coord.chaos.wire.DriverThreads;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A peer that runs as a child of the driver. */
final class LocalPeer implements PeerProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final int number;
    private final int port;
    private final int agentPort;
    private final Path directory;
    private final Launch launch = new Launch();
    private final AgentClient agent;
    private Users users = Users.NONE;
    private @Nullable Process process;
    private int starts;

    /** Those who use a peer, and are told before it ends in order. */
    interface Users {
        Users NONE = new Users() {
            @Override
            public void ending(String peer) {}

            @Override
            public void started(String peer) {}
        };

        void ending(String peer) throws InterruptedException;

        void started(String peer);
    }

    LocalPeer(int number, int port, int agentPort, Path directory, DriverThreads threads) {
        this.number = number;
        this.port = port;
        this.agentPort = agentPort;
        this.directory = directory;
        this.agent = new AgentClient(id(), host(), agentPort, threads);
        launch.properties()
                .put("coord.data-directory", directory.resolve("data").toString());
    }

    @Override
    public String id() {
        return "n" + number;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public String host() {
        return "127.0." + number + ".1";
    }

    @Override
    public int port() {
        return port;
    }

    Door door() {
        return new Door(id(), host(), agentPort);
    }

    AgentClient agent() {
        return agent;
    }

    void usedBy(Users others) {
        users = others;
    }

    int starts() {
        return starts;
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public Path dataDirectory() {
        return Path.of(launch.properties()
                .getOrDefault("coord.data-directory", directory.resolve("data").toString()));
    }

    @Override
    public Launch launch() {
        return launch;
    }

    @Override
    public long pid() {
        return process == null ? 0 : process.pid();
    }

    @Override
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    @Override
    public int awaitExit() throws InterruptedException {
        return running().waitFor();
    }

    private Process running() {
        Process started = process;
        if (started == null) {
            throw new IllegalStateException(id() + " was never started");
        }
        return started;
    }

    @Override
    public void signal(String name) throws IOException, InterruptedException {
        Process target = running();
        if (name.equals("KILL")) {
            target.destroyForcibly();
            return;
        }
        if (name.equals("TERM")) {
            users.ending(id());
        }
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(target.pid()))
                .redirectErrorStream(true)
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " " + target.pid() + ": "
                    + new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Override
    public void start() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(id() + " runs");
        }
        Files.createDirectories(directory);
        ProcessBuilder builder = new ProcessBuilder(command());
        builder.environment().putAll(launch.environment());
        process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        starts++;
        users.started(id());
    }

    Path log() {
        return directory.resolve("peer.log");
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(launch.prefix());
        command.add(new File(System.getProperty("java.home"), "bin/java").getPath());
        command.addAll(List.of(
                "-Xms128m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
                "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(launch.jvmArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChaosPeer.class.getName()));
        command.addAll(List.of("--coord.id=" + id(), "--agent.host=" + host(), "--agent.port=" + agentPort));
        for (Map.Entry<String, String> setting : launch.properties().entrySet()) {
            command.add("--" + setting.getKey() + "=" + setting.getValue());
        }
        return command;
    }

    @Override
    public void arm(String place) throws IOException, InterruptedException {
        agent.arm(place);
    }

    @Override
    public void addMember(PeerProcess newcomer) throws IOException, InterruptedException {
        agent.addMember(newcomer.id() + "=" + newcomer.host() + ":" + newcomer.port());
    }

    @Override
    public void removeMember(PeerProcess member) throws IOException, InterruptedException {
        agent.removeMember(member.id());
    }

    @Override
    public List<String> members() throws InterruptedException {
        return agent.members(PATIENCE);
    }

    @Override
    public String state() {
        try {
            return status().map(AgentClient.Status::state).orElse("GONE");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "GONE";
        }
    }

    Optional<AgentClient.Status> status() throws InterruptedException {
        return isAlive() ? agent.status(PATIENCE) : Optional.empty();
    }
}
