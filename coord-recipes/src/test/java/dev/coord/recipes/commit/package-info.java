/** Tests of atomic commitment, and participants for them. */
@NullMarked
package dev.coord.recipes.commit;

import org.jspecify.annotations.NullMarked;
