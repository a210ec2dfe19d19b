/** A store and its handles in one thread and on manual time, for the tests of the recipes. */
@NullMarked
package dev.coord.recipes.fake;

import org.jspecify.annotations.NullMarked;
