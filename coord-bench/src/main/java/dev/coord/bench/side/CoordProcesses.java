package dev.coord.bench.side;

import dev.coord.Coord;
import dev.coord.bench.Subject;
import dev.coord.kv.Value;
import dev.coord.raft.CoordPeer;
import dev.coord.raft.internal.transport.FreePorts;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Three peers of Coord in three processes, of which this JVM is the first, where the callers are. */
final class CoordProcesses implements FailoverTrials.Cluster {
    private static final String OWN = "n1";
    private static final List<String> OTHERS = List.of("n2", "n3");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final String members;
    private final Map<String, Member> running = new TreeMap<>();
    private final Value value = Value.of(new byte[StoreWorks.VALUE_BYTES]);
    private @Nullable CoordPeer own;

    CoordProcesses(Path directory) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.members = List.of(OWN, OTHERS.get(0), OTHERS.get(1)).stream()
                .map(id -> id + "=127.0.0.1:" + FreePorts.find())
                .collect(Collectors.joining(","));
        for (String id : OTHERS) {
            startOther(id);
        }
        own = CoordMember.start(directory, OWN, members);
        for (String id : OTHERS) {
            awaitReady(id);
        }
    }

    private void startOther(String id) throws IOException {
        Files.deleteIfExists(ready(id));
        List<String> command = Subject.command(
                CoordMember.class,
                ClassPath.COORD.parts(),
                List.of("-Xms1g", "-Xmx1g"),
                directory,
                id,
                members,
                ready(id).toString());
        running.put(id, new Member(command, directory.resolve(id + ".log")));
    }

    private Path ready(String id) {
        return directory.resolve(id + ".ready");
    }

    private void awaitReady(String id) {
        await("peer " + id + " does not take part; this one is " + own, () -> Files.exists(ready(id)));
    }

    private static void await(String problem, BooleanSupplier condition) {
        long end = Ticker.system().nanos() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (Ticker.system().nanos() - end > 0) {
                throw new IllegalStateException(problem);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private CoordPeer peer() {
        if (own == null) {
            throw new IllegalStateException("closed");
        }
        return own;
    }

    /** Returns a handle of this process's own peer. */
    Coord coord() throws InterruptedException {
        return peer().coord();
    }

    private String leader() {
        await("no leader", () -> peer().status().leader().isPresent());
        Optional<String> leader = peer().status().leader();
        return leader.isPresent() ? leader.get() : leader();
    }

    /** Lets others fail until this process's own peer leads. */
    void leadHere() throws Exception {
        for (String leader = leader(); !leader.equals(OWN); leader = leader()) {
            int number = OTHERS.indexOf(leader);
            member(number).close();
            write();
            restart(number);
        }
    }

    @Override
    public int awaitLeader() {
        for (String leader = leader(); ; leader = leader()) {
            if (!leader.equals(OWN)) {
                return OTHERS.indexOf(leader);
            }
            peer().close();
            own = CoordMember.start(directory, OWN, members);
        }
    }

    @Override
    public Member member(int number) {
        Member member = running.get(OTHERS.get(number));
        if (member == null) {
            throw new IllegalStateException("no process " + number);
        }
        return member;
    }

    @Override
    public void restart(int number) throws IOException {
        startOther(OTHERS.get(number));
        awaitReady(OTHERS.get(number));
    }

    @Override
    public void write() throws InterruptedException {
        coord().kv().put(Keys.key(0), value);
    }

    @Override
    public void close() throws IOException {
        peer().close();
        for (Member member : running.values()) {
            member.close();
        }
    }
}
