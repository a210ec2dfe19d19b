package dev.coord.examples.detectors;

import dev.coord.Coord;
import dev.coord.kv.Value;
import dev.coord.raft.CoordPeer;
import dev.coord.raft.UdpDatagrams;
import dev.coord.recipes.detector.DetectorConfig;
import dev.coord.recipes.detector.DetectorTuner;
import dev.coord.recipes.detector.FailureDetector;
import dev.coord.recipes.detector.HeartbeatHealth;
import dev.coord.recipes.detector.HeartbeatListener;
import dev.coord.recipes.detector.HeartbeatService;
import dev.coord.recipes.detector.HeartbeatServiceBuilder;
import dev.coord.recipes.detector.NeighbourStatus;
import dev.coord.recipes.detector.QualityReport;
import dev.coord.recipes.detector.Topology;
import dev.coord.recipes.detector.TuningGoal;
import dev.coord.recipes.detector.TuningOutcome;
import dev.coord.recipes.discovery.ServiceProvider;
import dev.coord.recipes.discovery.ServiceRegistry;
import dev.coord.recipes.membership.FastFailover;
import dev.coord.recipes.membership.Group;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The code of docs/detectors.md, block by block: {@link dev.coord.examples.SnippetsDocTest} keeps the two equal. */
final class DetectorSnippets {

    private DetectorSnippets() {}

    static boolean detector(Ticker ticker) {
        FailureDetector detector = DetectorConfig.phi().newDetector();
        detector.heartbeat(ticker.nanos()); // at each arrival, by one thread
        return detector.isSuspected(ticker.nanos()); // at any time, by any thread
    }

    static HeartbeatService service(Coord coord, long incarnation, byte[] key, HeartbeatListener listener) {
        return HeartbeatService.builder()
                .self("n1", incarnation) // greater at each start
                .cluster("billing", List.of(key))
                .datagrams(UdpDatagrams.bind("10.0.0.1", 7201))
                .time(coord.ticker(), coord.scheduler())
                .members(Map.of("n1", "10.0.0.1:7201", "n2", "10.0.0.2:7201", "n3", "10.0.0.3:7201"))
                .topology(Topology.full())
                .listener(listener, coord.callbacks())
                .start();
    }

    static ServiceProvider provider(Coord coord, HeartbeatService heartbeats) throws InterruptedException {
        return ServiceRegistry.on(coord, "/services")
                .provider("ledger")
                .healthCheck(HeartbeatHealth.of(heartbeats))
                .start()
                .awaitReady();
    }

    static FastFailover failover(CoordPeer peer, HeartbeatServiceBuilder heartbeats) throws InterruptedException {
        Coord coord = peer.openSession(Duration.ofSeconds(30), Duration.ofSeconds(2)); // lives 30 s, relied on for 2
        Group.on(coord, "/groups/billing").join(peer.id(), Value.EMPTY); // by the name that heartbeats know it by
        FastFailover failover = FastFailover.of(peer.coord(), "/groups/billing");
        heartbeats.listener(failover, peer.coord().callbacks());
        return failover;
    }

    static void tune(HeartbeatService heartbeats) {
        NeighbourStatus n2 = heartbeats.status("n2").orElseThrow();
        TuningGoal goal = TuningGoal.of(Duration.ofSeconds(2), Duration.ofDays(30));
        TuningOutcome outcome = DetectorTuner.propose(n2.arrivals(), goal);
        if (outcome instanceof TuningOutcome.Proposal proposal) {
            System.out.println("send each " + proposal.interval() + ", judge by " + proposal.phi());
        } else if (outcome instanceof TuningOutcome.Unreachable unreachable) {
            System.out.println(unreachable.reason() + "; reachable: " + unreachable.reachable());
        }
    }

    static void measure(HeartbeatService heartbeats) {
        for (NeighbourStatus neighbour : heartbeats.statuses()) {
            QualityReport quality = neighbour.quality();
            System.out.println(neighbour.id() + ": " + quality.mistakesPerHour() + " mistakes an hour, detected within "
                    + quality.detectionTime().quantile(0.99) + ", right " + 100 * quality.queryAccuracy() + " %");
        }
    }
}
