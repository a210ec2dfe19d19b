/** Workloads of the simulation: random use of everything that Coord offers, and what must hold meanwhile. */
@NullMarked
package dev.coord.recipes.workload;

import org.jspecify.annotations.NullMarked;
