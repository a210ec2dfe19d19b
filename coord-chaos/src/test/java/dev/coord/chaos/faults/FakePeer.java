package dev.coord.chaos.faults;

import dev.coord.chaos.Launch;
import dev.coord.chaos.PeerProcess;
import java.nio.file.Path;
import java.util.List;

/** A peer without a process. */
record FakePeer(int number, String host, int port, Path directory, Launch launch) implements PeerProcess {
    @Override
    public String id() {
        return "n" + number;
    }

    @Override
    public Path dataDirectory() {
        return Path.of(launch.properties()
                .getOrDefault("coord.data-directory", directory.resolve("data").toString()));
    }

    @Override
    public long pid() {
        return 0;
    }

    @Override
    public boolean isAlive() {
        return false;
    }

    @Override
    public int awaitExit() {
        return 0;
    }

    @Override
    public void signal(String name) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public void start() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void arm(String place) {
        throw new UnsupportedOperationException(place);
    }

    @Override
    public void addMember(PeerProcess newcomer) {
        throw new UnsupportedOperationException(newcomer.id());
    }

    @Override
    public void removeMember(PeerProcess member) {
        throw new UnsupportedOperationException(member.id());
    }

    @Override
    public List<String> members() {
        return List.of();
    }

    @Override
    public String state() {
        return "GONE";
    }
}
