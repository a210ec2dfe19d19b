/** Atomic commitment by real processes on real databases, which are killed. */
@NullMarked
package dev.coord.recipes.commit.processes;

import org.jspecify.annotations.NullMarked;
