/**
 * Recorded histories and the checkers that judge them.
 */
@NullMarked
package dev.coord.testkit.history;

import org.jspecify.annotations.NullMarked;
