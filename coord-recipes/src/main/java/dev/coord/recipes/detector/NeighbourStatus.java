package dev.coord.recipes.detector;

import java.time.Duration;

/**
 * What a heartbeat service knows of a neighbour.
 *
 * @param id the neighbour
 * @param address where heartbeats for it are sent to
 * @param heard whether a heartbeat of its present incarnation has come
 * @param incarnation the present incarnation; 0 as long as nothing was heard at all
 * @param suspected whether it is suspected; true also as long as it was not heard
 * @param suspicion the suspicion by its detector; infinite as long as it was not heard
 * @param silence how long ago its last heartbeat came, as far as this process was awake; zero as long as it was not heard
 * @param quality how often its detector was wrong so far
 * @param arrivals what to give to {@link DetectorTuner}
 */
public record NeighbourStatus(
        String id,
        String address,
        boolean heard,
        long incarnation,
        boolean suspected,
        double suspicion,
        Duration silence,
        QualityReport quality,
        ArrivalObservation arrivals) {}
