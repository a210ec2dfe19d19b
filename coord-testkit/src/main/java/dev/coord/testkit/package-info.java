/**
 * Clusters for tests: real peers in this JVM, or peers simulated on virtual time, behind one interface, with the faults a
 * test may ask for.
 */
@NullMarked
package dev.coord.testkit;

import org.jspecify.annotations.NullMarked;
