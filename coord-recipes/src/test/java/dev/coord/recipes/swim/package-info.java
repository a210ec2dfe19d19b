/** SWIM on a virtual network: scenarios, properties, and the measurements of all failure detectors. */
@NullMarked
package dev.coord.recipes.swim;

import org.jspecify.annotations.NullMarked;
