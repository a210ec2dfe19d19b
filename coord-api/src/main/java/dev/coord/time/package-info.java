/**
 * Monotonic time and timers, injected everywhere. Nothing else in Coord reads a clock.
 */
@NullMarked
package dev.coord.time;

import org.jspecify.annotations.NullMarked;
