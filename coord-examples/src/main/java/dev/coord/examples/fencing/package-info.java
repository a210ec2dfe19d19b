/**
 * Why a lock is not enough outside Coord, and what mends it: {@link dev.coord.examples.fencing.FencingDemo} stops a holder
 * between its check and its write, on simulated time. {@link dev.coord.examples.fencing.Till} is what a service of yours
 * would look like; {@link dev.coord.examples.fencing.DatabaseAccount} is how it would write to a database.
 */
@NullMarked
package dev.coord.examples.fencing;

import org.jspecify.annotations.NullMarked;
