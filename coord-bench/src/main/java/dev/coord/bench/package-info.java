/** Measurements of Coord beside others. */
@NullMarked
package dev.coord.bench;

import org.jspecify.annotations.NullMarked;
