package dev.coord.examples.heartbeat;

import dev.coord.raft.UdpDatagrams;
import dev.coord.recipes.detector.HeartbeatListener;
import dev.coord.recipes.detector.HeartbeatService;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Exchanges heartbeats until its standard input ends, and prints whom it trusts and suspects.
 *
 * <pre>HeartbeatNode &lt;id&gt; &lt;incarnation&gt; &lt;n1=host:port,n2=host:port,…&gt; &lt;key in hex&gt; &lt;interval in ms&gt;</pre>
 */
public final class HeartbeatNode {

    private HeartbeatNode() {}

    private record Printer(PrintStream out) implements HeartbeatListener {
        @Override
        public void suspected(String id, long incarnation) {
            out.println("suspected " + id + " #" + incarnation);
        }

        @Override
        public void trusted(String id, long incarnation) {
            out.println("trusted " + id + " #" + incarnation);
        }

        @Override
        public void paused(Duration length) {
            out.println("paused " + length.toMillis() + " ms");
        }
    }

    /**
     * Runs it.
     *
     * @param args see above
     * @throws IOException if the standard input cannot be read
     */
    public static void main(String[] args) throws IOException {
        Map<String, String> members = new LinkedHashMap<>();
        for (String member : args[2].split(",", -1)) {
            String[] parts = member.split("=", 2);
            members.put(parts[0], parts[1]);
        }
        ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
        ScheduledExecutorService callbacks = Executors.newSingleThreadScheduledExecutor();
        try (HeartbeatService heartbeats = HeartbeatService.builder()
                .self(args[0], Long.parseLong(args[1]))
                .cluster("example", List.of(HexFormat.of().parseHex(args[3])))
                .datagrams(bind(members.getOrDefault(args[0], "")))
                .time(Ticker.system(), scheduler(timers))
                .interval(Duration.ofMillis(Long.parseLong(args[4])))
                .members(members)
                .listener(new Printer(System.out), callbacks)
                .start()) {
            System.out.println("started " + args[0]);
            System.in.transferTo(PrintStream.nullOutputStream());
            System.out.println(heartbeats.counters());
        } finally {
            timers.shutdownNow();
            callbacks.shutdown();
        }
    }

    private static UdpDatagrams bind(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, Math.max(0, colon)).replaceAll("[\\[\\]]", "");
        return UdpDatagrams.bind(host, Integer.parseInt(address.substring(colon + 1)));
    }

    private static Scheduler scheduler(ScheduledExecutorService timers) {
        return (delay, task) -> {
            ScheduledFuture<?> timer = timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        };
    }
}
