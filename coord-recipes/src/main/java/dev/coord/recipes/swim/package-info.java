/**
 * Who is alive, found out by the members themselves: {@link dev.coord.recipes.swim.SwimMembership}.
 *
 * <pre>{@code
 * SwimMembership swim = SwimMembership.builder("worker-1", datagrams)
 *         .seeds(List.of("10.0.0.1:7201", "10.0.0.2:7201"))
 *         .group("billing", key)
 *         .listener(event -> router.update(event), executor)
 *         .start(ticker, scheduler);
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.swim;

import org.jspecify.annotations.NullMarked;
