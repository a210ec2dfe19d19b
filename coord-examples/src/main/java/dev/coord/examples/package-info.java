/** Small programs that use Coord as a service would. */
@NullMarked
package dev.coord.examples;

import org.jspecify.annotations.NullMarked;
