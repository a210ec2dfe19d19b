/** The queue that lock and election share. Not exported. */
@NullMarked
package dev.coord.recipes.internal;

import org.jspecify.annotations.NullMarked;
