package dev.coord.bench.side;

import dev.coord.bench.Load;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.stream.LongStream;

/** How long it takes from the failure of the Raft leader's process until a write is acknowledged that was issued at that moment. */
final class FailoverTrials implements Side {
    /** The process is killed: its connections break. */
    static final String KILL = "failover.kill";

    /** The process hangs: its connections stay. */
    static final String HANG = "failover.hang";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Cluster cluster;

    /** Servers that are processes of their own, and a caller in this JVM. */
    interface Cluster extends AutoCloseable {
        /** Waits until all run and know the leader, who is another than the caller's own, and returns its number. */
        int awaitLeader() throws Exception;

        /** Returns the process of a server. */
        Member member(int number);

        /** Starts a server again, on its directory, and waits until it takes part. */
        void restart(int number) throws Exception;

        /** Writes, and fails or returns when it was acknowledged. */
        void write() throws Exception;
    }

    FailoverTrials(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public void offer(Works works) {
        works.add(KILL, window -> repeat(window, Member::kill));
        works.add(HANG, window -> repeat(window, Member::suspend));
    }

    /** What befalls a process. */
    @FunctionalInterface
    private interface Fault {
        void befall(Member member) throws Exception;
    }

    private Load.Figures repeat(Duration window, Fault fault) throws Exception {
        LongStream.Builder samples = LongStream.builder();
        long began = Ticker.system().nanos();
        do {
            int leader = cluster.awaitLeader();
            cluster.write();
            samples.add(run(cluster.member(leader), fault));
            cluster.member(leader).close();
            cluster.restart(leader);
        } while (Ticker.system().nanos() - began < window.toNanos());
        return Load.figures(samples.build().toArray());
    }

    private long run(Member leader, Fault fault) throws Exception {
        long began = Ticker.system().nanos();
        fault.befall(leader);
        writeAtLast(cluster);
        return Ticker.system().nanos() - began;
    }

    /** A write that is refused or lost is issued again, as callers do. */
    static void writeAtLast(Cluster cluster) throws Exception {
        long began = Ticker.system().nanos();
        while (true) {
            try {
                cluster.write();
                return;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (Ticker.system().nanos() - began > PATIENCE.toNanos()) {
                    throw new IllegalStateException("no write in " + PATIENCE, e);
                }
            }
        }
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
