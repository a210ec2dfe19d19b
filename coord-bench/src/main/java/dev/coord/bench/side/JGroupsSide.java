package dev.coord.bench.side;

import dev.coord.raft.internal.transport.FreePorts;
import dev.coord.time.Ticker;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jgroups.JChannel;
import org.jgroups.raft.RaftHandle;
import org.jgroups.raft.StateMachine;

/**
 * Three members of jgroups-raft in one JVM, TCP on the loopback interface, a state machine that does nothing, and a log in files
 * that is forced; the caller is at the leader. The stack is the one that comes with it, but for TCP instead of multicast.
 */
final class JGroupsSide implements Side {
    private static final List<String> IDS = List.of("A", "B", "C");

    private final List<RaftHandle> members = new ArrayList<>();

    private JGroupsSide(Path directory) throws Exception {
        List<Integer> ports = Stream.generate(FreePorts::find).limit(IDS.size()).toList();
        String hosts = ports.stream().map(port -> "127.0.0.1[" + port + "]").collect(Collectors.joining(","));
        for (int i = 0; i < IDS.size(); i++) {
            String stack = stack(ports.get(i), hosts, IDS.get(i), directory);
            JChannel channel = new JChannel(new ByteArrayInputStream(stack.getBytes(StandardCharsets.UTF_8)));
            RaftHandle member = new RaftHandle(channel, new NoOp());
            channel.name(IDS.get(i));
            channel.connect("bench");
            members.add(member);
        }
    }

    private static String stack(int port, String hosts, String id, Path directory) {
        return """
                <config xmlns="urn:org:jgroups">
                    <TCP bind_addr="127.0.0.1" bind_port="%d" port_range="0" thread_pool.min_threads="2"
                         thread_pool.max_threads="100" thread_pool.keep_alive_time="5000"/>
                    <TCPPING initial_hosts="%s" port_range="0"/>
                    <MERGE3 max_interval="30000" min_interval="10000"/>
                    <FD_SOCK2 bind_addr="127.0.0.1" offset="20000"/>
                    <FD_ALL3/>
                    <VERIFY_SUSPECT2 timeout="1500"/>
                    <pbcast.NAKACK2 use_mcast_xmit="false" discard_delivered_msgs="true"/>
                    <UNICAST3 conn_expiry_timeout="0"/>
                    <pbcast.STABLE desired_avg_gossip="50000" max_bytes="4M"/>
                    <raft.NO_DUPES/>
                    <pbcast.GMS print_local_addr="false" join_timeout="2000"/>
                    <UFC max_credits="2M" min_threshold="0.4"/>
                    <MFC max_credits="2M" min_threshold="0.4"/>
                    <FRAG4 frag_size="60K"/>
                    <raft.ELECTION/>
                    <raft.RAFT members="%s" raft_id="%s" log_dir="%s"
                         log_class="org.jgroups.protocols.raft.FileBasedLog" log_use_fsync="true"/>
                    <raft.REDIRECT/>
                </config>
                """.formatted(port, hosts, String.join(",", IDS), id, directory);
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use
     */
    public static void main(String[] args) {
        Works.serve(() -> new JGroupsSide(Path.of(args[0])));
    }

    @Override
    public void offer(Works works) throws IOException {
        RaftHandle leader = awaitLeader();
        byte[] entry = new byte[StoreWorks.ENTRY_BYTES];
        works.add("put", StoreWorks.WIDTHS, i -> append(leader, entry.clone()));
    }

    private RaftHandle awaitLeader() throws IOException {
        long end = Ticker.system().nanos() + Duration.ofSeconds(30).toNanos();
        while (Ticker.system().nanos() - end < 0) {
            for (RaftHandle member : members) {
                if (member.isLeader()) {
                    return member;
                }
            }
            LockSupport.parkNanos(10_000_000);
        }
        throw new IOException("jgroups-raft elected no leader");
    }

    private static CompletableFuture<?> append(RaftHandle leader, byte[] entry) {
        try {
            return leader.setAsync(entry, 0, entry.length);
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void close() {
        members.forEach(member -> member.channel().close());
    }

    /** Applies by doing nothing. */
    private static final class NoOp implements StateMachine {
        @Override
        public byte[] apply(byte[] data, int offset, int length, boolean serialize) {
            return new byte[0];
        }

        @Override
        public void readContentFrom(DataInput in) {}

        @Override
        public void writeContentTo(DataOutput out) {}
    }
}
