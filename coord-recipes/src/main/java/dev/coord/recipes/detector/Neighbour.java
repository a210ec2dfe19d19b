package dev.coord.recipes.detector;

import dev.coord.recipes.detector.Heartbeat.Stamp;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one neighbour. Written in the service's serial context only, read by any thread through immutable values.
 */
final class Neighbour {
    final String id;
    final String address;
    final byte[] outbound;
    final byte[] inbound;

    private final Memory memory;

    /** What outlives a change of the address. */
    private static final class Memory {
        final DetectorConfig config;
        final long floor;
        volatile Stamp newest = Stamp.NONE;
        volatile @Nullable Life life;
        volatile DetectorQuality quality = DetectorQuality.none();
        volatile ArrivalObservation arrivals = new ArrivalObservation(0, 0, Duration.ZERO);
        final ArrivalStatistics statistics;

        Memory(DetectorConfig config, long interval, long floor) {
            this.config = config;
            this.floor = floor;
            this.statistics = new ArrivalStatistics(interval);
        }
    }

    /**
     * An incarnation that was heard.
     *
     * @param suspected what the listener was told
     */
    private record Life(long incarnation, FailureDetector detector, long lastHeard, boolean suspected) {}

    /** A change of the judgement that is to be told. */
    record Change(long incarnation, boolean suspected) {}

    /**
     * A neighbour that was not heard of yet.
     *
     * @param outbound the context of what is sent to it
     * @param inbound the context of what it sends
     * @param floor the last sequence number that was sent when it was not a neighbour yet: to echo that proves nothing
     */
    Neighbour(
            String id,
            String address,
            byte[] outbound,
            byte[] inbound,
            DetectorConfig config,
            long interval,
            long floor) {
        this(id, address, outbound, inbound, new Memory(config, interval, floor));
    }

    private Neighbour(String id, String address, byte[] outbound, byte[] inbound, Memory memory) {
        this.id = id;
        this.address = address;
        this.outbound = outbound;
        this.inbound = inbound;
        this.memory = memory;
    }

    Neighbour at(String newAddress) {
        return new Neighbour(id, newAddress, outbound, inbound, memory);
    }

    /** The greatest stamp that it has sealed, whether it proved to be fresh or not. */
    Stamp newest() {
        return memory.newest;
    }

    /** Why a genuine datagram is not new; empty if it is. */
    Optional<Refusal> age(Stamp stamp) {
        if (stamp.incarnation() < memory.newest.incarnation()) {
            return Optional.of(Refusal.OLD_INCARNATION);
        }
        return stamp.compareTo(memory.newest) > 0 ? Optional.empty() : Optional.of(Refusal.REPLAYED);
    }

    /** Whether the echo answers one of the datagrams from the given number on that were sent to it as a neighbour. */
    boolean answers(Stamp echo, long incarnation, long oldest) {
        return echo.incarnation() == incarnation && echo.sequence() > memory.floor && echo.sequence() >= oldest;
    }

    /** Notes a new stamp. One of a new incarnation is the end of the life that was known; its last heartbeat was its end. */
    Optional<Change> advance(Stamp stamp, long at) {
        Life life = memory.life;
        memory.newest = stamp;
        if (life == null || life.incarnation == stamp.incarnation()) {
            return Optional.empty();
        }
        memory.life = null;
        // If nobody had suspected it, its end is detected now, when the new life shows.
        memory.quality = memory.quality.crashed(life.lastHeard).suspected(at);
        return life.suspected ? Optional.empty() : Optional.of(new Change(life.incarnation, true));
    }

    /** Counts a fresh heartbeat of the newest stamp. */
    Optional<Change> hear(long at) {
        Stamp stamp = memory.newest;
        Life life = memory.life;
        FailureDetector detector = life == null ? memory.config.newDetector() : life.detector;
        detector.heartbeat(at);
        if (life == null || life.suspected) {
            memory.statistics.resume(stamp.sequence(), at);
        } else {
            memory.statistics.arrived(stamp.sequence(), at);
        }
        memory.arrivals = memory.statistics.observation();
        memory.quality = memory.quality.trusted(at);
        memory.life = new Life(stamp.incarnation(), detector, at, false);
        return life == null || life.suspected ? Optional.of(new Change(stamp.incarnation(), false)) : Optional.empty();
    }

    /** Looks whether it has become suspect. */
    Optional<Change> check(long at) {
        Life life = memory.life;
        if (life == null || life.suspected || !life.detector.isSuspected(at)) {
            return Optional.empty();
        }
        memory.life = new Life(life.incarnation, life.detector, life.lastHeard, true);
        memory.quality = memory.quality.suspected(at);
        return Optional.of(new Change(life.incarnation, true));
    }

    boolean isSuspected(long at) {
        Life life = memory.life;
        return life == null || life.suspected || life.detector.isSuspected(at);
    }

    double suspicion(long at) {
        Life life = memory.life;
        return life == null ? Double.POSITIVE_INFINITY : life.detector.suspicion(at);
    }

    NeighbourStatus status(long at) {
        Life life = memory.life;
        return new NeighbourStatus(
                id,
                address,
                life != null,
                memory.newest.incarnation(),
                isSuspected(at),
                suspicion(at),
                life == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, at - life.lastHeard)),
                memory.quality.report(at),
                memory.arrivals);
    }
}
