/** Death at named places of the code: woven in by an agent of the JVM, so that the product knows nothing of it. */
@NullMarked
package dev.coord.chaos.points;

import org.jspecify.annotations.NullMarked;
