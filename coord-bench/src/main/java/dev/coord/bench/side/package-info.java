/**
 * Coord beside other systems: the same work, in turns, in one run. {@link dev.coord.bench.side.SideBySide} is where to begin.
 */
@org.jspecify.annotations.NullMarked
package dev.coord.bench.side;
