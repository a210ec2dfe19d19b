/**
 * What logical clocks tell: {@link dev.coord.examples.causality.LamportFigure} replays a run in the manner of the figure that the
 * field began with, and draws it.
 */
@NullMarked
package dev.coord.examples.causality;

import org.jspecify.annotations.NullMarked;
