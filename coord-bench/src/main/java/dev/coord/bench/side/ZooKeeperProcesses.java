package dev.coord.bench.side;

import dev.coord.bench.Subject;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/** Three servers of ZooKeeper in processes of their own, and a session in this JVM that knows them all. */
final class ZooKeeperProcesses implements FailoverTrials.Cluster {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final ZooKeeperServers servers;
    private final List<Member> members = new ArrayList<>();
    private final ZooKeeper session;
    private final byte[] value = new byte[StoreWorks.VALUE_BYTES];

    ZooKeeperProcesses(Path directory) throws Exception {
        this.directory = directory;
        servers = new ZooKeeperServers(directory, 3);
        for (int i = 0; i < 3; i++) {
            members.add(start(i));
        }
        awaitLeader();
        session = ZooKeeperSide.connect(servers.addresses());
        new ZooKeeperStore(List.of(session), value.length).fill(List.of(Keys.key(0)));
    }

    private Member start(int number) throws IOException {
        List<String> command = Subject.command(
                QuorumPeerMain.class,
                ClassPath.COMMON.parts(),
                List.of("-Xms1g", "-Xmx1g"),
                servers.files().get(number));
        return new Member(command, directory.resolve("server-" + number + ".log"));
    }

    @Override
    public int awaitLeader() throws IOException {
        long end = Ticker.system().nanos() + PATIENCE.toNanos();
        while (Ticker.system().nanos() - end < 0) {
            int leader = -1;
            int followers = 0;
            for (int i = 0; i < 3; i++) {
                String mode = mode(i);
                leader = mode.equals("leader") ? i : leader;
                followers += mode.equals("follower") ? 1 : 0;
            }
            if (leader >= 0 && followers == 2) {
                return leader;
            }
            LockSupport.parkNanos(50_000_000);
        }
        throw new IOException("ZooKeeper elected no leader");
    }

    /** Asks a server what it is; empty if it does not serve. */
    private String mode(int number) {
        String[] address = servers.address(number).split(":", -1);
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.setSoTimeout(2000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public Member member(int number) {
        return members.get(number);
    }

    @Override
    public void restart(int number) throws IOException {
        members.set(number, start(number));
        awaitLeader();
    }

    @Override
    public void write() throws KeeperException, InterruptedException {
        session.setData(Keys.key(0), value, -1);
    }

    @Override
    public void close() throws InterruptedException, IOException {
        session.close();
        for (Member member : members) {
            member.close();
        }
    }
}
