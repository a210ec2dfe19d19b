/**
 * Logical clocks: what happened before what, without trusting a wall clock. They depend on nothing but the JDK.
 *
 * <pre>{@code
 * VectorClock sent = VectorClock.empty().tick("p");
 * VectorClock received = VectorClock.empty().tick("q").receive("q", sent);
 * Causality causality = sent.compare(received); // BEFORE
 * }</pre>
 *
 * <p>{@link dev.coord.recipes.causality.LamportClock} orders everything and tells nothing of what is concurrent;
 * {@link dev.coord.recipes.causality.VectorClock} tells both, for processes that are known;
 * {@link dev.coord.recipes.causality.IntervalTreeClock} does so for processes that come and go;
 * {@link dev.coord.recipes.causality.VersionVector}, {@link dev.coord.recipes.causality.DottedVersionVector} and
 * {@link dev.coord.recipes.causality.Siblings} are for copies of an object that several write;
 * {@link dev.coord.recipes.causality.HybridClock} stays near to the wall clock.
 * {@link dev.coord.recipes.causality.SpaceTimeDiagram} records a run and draws it. Of all but the last two, values are immutable and
 * have one binary and one text form. There are more public types than packages usually have here, as each clock is one.
 */
@NullMarked
package dev.coord.recipes.causality;

import org.jspecify.annotations.NullMarked;
