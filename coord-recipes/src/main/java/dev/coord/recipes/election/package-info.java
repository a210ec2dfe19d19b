/**
 * Leader election: {@link dev.coord.recipes.election.LeaderElection}.
 *
 * <pre>{@code
 * LeaderElection election = LeaderElection.on(coord, "/elections/billing");
 * try (Leadership leadership = election.campaign("node-1")) {
 *     leadership.lost().thenRun(billing::stop);
 *     billing.run(leadership.term(), leadership.guard());
 * }
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.election;

import org.jspecify.annotations.NullMarked;
