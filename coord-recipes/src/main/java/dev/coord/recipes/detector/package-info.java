/**
 * Failure detectors: from when heartbeats arrive they judge whether a process lives. They can be wrong, and here they say how
 * often they were: {@link dev.coord.recipes.detector.QualityReport}. What must never be wrong is a matter for leases and
 * guards.
 *
 * <pre>{@code
 * FailureDetector detector = DetectorConfig.phi().newDetector();
 * detector.heartbeat(ticker.nanos());          // at each arrival
 * detector.isSuspected(ticker.nanos());        // at any time, by any thread
 * }</pre>
 *
 * <p>{@link dev.coord.recipes.detector.HeartbeatService} sends and receives authenticated heartbeats and keeps a detector
 * for each neighbour.
 */
@NullMarked
package dev.coord.recipes.detector;

import org.jspecify.annotations.NullMarked;
