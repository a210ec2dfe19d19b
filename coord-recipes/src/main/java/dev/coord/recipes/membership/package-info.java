/**
 * Who is there: {@link dev.coord.recipes.membership.Group}.
 *
 * <pre>{@code
 * Group workers = Group.on(coord, "/groups/workers");
 * try (Member me = workers.join("worker-1", Value.of("10.0.0.1:7000")).orElseThrow();
 *         GroupObservation observed = workers.observe((view, events) -> router.update(view.number(), view.members()))) {
 *     me.lost().thenRun(worker::stop);
 *     worker.run();
 * }
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.membership;

import org.jspecify.annotations.NullMarked;
