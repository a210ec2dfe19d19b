/**
 * A peer's Coord, used from the driver's process: an agent beside the peer takes commands from a socket, and to the driver
 * there is a {@link dev.coord.Coord} like any other, which can be recorded and that recipes run on.
 */
@NullMarked
package dev.coord.chaos.wire;

import org.jspecify.annotations.NullMarked;
