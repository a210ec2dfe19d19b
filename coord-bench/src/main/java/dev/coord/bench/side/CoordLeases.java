package dev.coord.bench.side;

import dev.coord.Coord;
import dev.coord.bench.Load;
import dev.coord.lease.Lease;
import dev.coord.time.Ticker;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * How many leases Coord's peers keep alive in a second of processor time. Nobody asks them to: each peer renews what it holds three
 * times in a lease's time to live, so it is counted how often a lease became valid for longer, and what that took.
 */
final class CoordLeases {
    private static final int COUNT = 10_000;
    private static final Duration TTL = Duration.ofSeconds(2);
    private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

    private final List<Coord> peers;

    CoordLeases(List<Coord> peers) {
        this.peers = peers;
    }

    Load.Figures keepAlive(Duration window) throws Exception {
        ConcurrentLinkedQueue<Lease> granted = new ConcurrentLinkedQueue<>();
        try {
            Pipeline.run(
                    IntStream.range(0, COUNT).boxed().toList(),
                    i -> peers.get(i % peers.size()).leases().grantAsync(TTL).thenAccept(granted::add));
            return count(List.copyOf(granted), window);
        } finally {
            Pipeline.run(List.copyOf(granted), Lease::closeAsync);
        }
    }

    private static Load.Figures count(List<Lease> leases, Duration window) {
        CpuClock clock = new CpuClock(List.of());
        ThreadMXBean own = ManagementFactory.getThreadMXBean();
        long[] until =
                leases.stream().mapToLong(lease -> lease.validUntil().nanos()).toArray();
        long cpuBegan = clock.nanos() - own.getCurrentThreadCpuTime();
        long began = Ticker.system().nanos();
        long extended = 0;
        while (Ticker.system().nanos() - began < window.toNanos()) {
            LockSupport.parkNanos(LOOK_NANOS);
            extended += extended(leases, until);
        }
        // To look is no work of Coord's.
        return Load.Figures.of(extended * 1e9 / (clock.nanos() - own.getCurrentThreadCpuTime() - cpuBegan));
    }

    private static long extended(List<Lease> leases, long[] until) {
        long extended = 0;
        for (int i = 0; i < until.length; i++) {
            long now = leases.get(i).validUntil().nanos();
            if (now != until[i] && leases.get(i).isValid()) {
                until[i] = now;
                extended++;
            }
        }
        return extended;
    }
}
