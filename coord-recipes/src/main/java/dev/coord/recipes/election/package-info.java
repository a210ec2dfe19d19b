/**
 * Leader election: {@link dev.coord.recipes.election.LeaderElection}, in the form that suits. A handle:
 *
 * <pre>{@code
 * LeaderElection election = LeaderElection.on(coord, "/elections/billing");
 * try (Leadership leadership = election.campaign("node-1")) {
 *     leadership.lost().thenRun(billing::stop);
 *     billing.run(leadership.term(), leadership.guard());
 * }
 * }</pre>
 *
 * <p>A task that is run while leading, and interrupted when that is over: {@link dev.coord.recipes.election.LeaderLoop}.
 *
 * <pre>{@code
 * try (LeaderLoop loop = LeaderLoop.of(election.withPriority(1), "node-1", billing::run).requeueing()) {
 *     loop.run();
 * }
 * }</pre>
 *
 * <p>A candidate in the background that is asked: {@link dev.coord.recipes.election.LeaderLatch}; one that stands in many
 * elections at once: {@link dev.coord.recipes.election.CandidateTopics}.
 *
 * <pre>{@code
 * LeaderLatch latch = LeaderLatch.of(election, "node-1").restanding().start();
 * if (latch.await(Duration.ofSeconds(5))) {
 *     latch.leadership().ifPresent(leadership -> billing.run(leadership.term(), leadership.guard()));
 * }
 * latch.close();
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.election;

import org.jspecify.annotations.NullMarked;
