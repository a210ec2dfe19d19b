/**
 * Partitions spread over the members of a group: {@link dev.coord.recipes.assignment.PartitionAssignment}.
 *
 * <pre>{@code
 * PartitionAssignment orders = PartitionAssignment.on(coord, "/work/orders").partitions(64);
 * try (Participant me = orders.join("node-1", new AssignmentListener() {
 *     public void onAssigned(PartitionOwnership owned) {
 *         workers.start(owned.partition(), owned.fencingToken(), owned.guard(), owned.lost());
 *     }
 *
 *     public CompletionStage<?> onRevoking(PartitionOwnership owned) {
 *         return workers.finish(owned.partition());
 *     }
 * })) {
 *     shutdown.await();
 * }
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.assignment;

import org.jspecify.annotations.NullMarked;
