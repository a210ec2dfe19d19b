/** Seeded bugs: the simulation must convict every one of them, or it has a hole. */
@NullMarked
package dev.coord.recipes.mutation;

import org.jspecify.annotations.NullMarked;
