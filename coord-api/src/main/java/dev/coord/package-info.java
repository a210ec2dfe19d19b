/**
 * The entry point {@link dev.coord.Coord} and the errors every operation can end with.
 *
 * <p>Errors are classed by what they mean for the caller: see {@link dev.coord.CoordException}.
 */
@NullMarked
package dev.coord;

import org.jspecify.annotations.NullMarked;
