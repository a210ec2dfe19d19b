/**
 * Ordered, gapless, resumable streams of what changed in a range of keys.
 */
@NullMarked
package dev.coord.watch;

import org.jspecify.annotations.NullMarked;
