/** What is done on the peers while faults come and go, each operation noted in one history. */
@NullMarked
package dev.coord.chaos.load;

import org.jspecify.annotations.NullMarked;
