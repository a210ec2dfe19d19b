/**
 * Chaos on real processes: peers that are killed, paused and cut off while a load runs on them, and the judgement of what
 * they replied meanwhile. Not published.
 */
@NullMarked
package dev.coord.chaos;

import org.jspecify.annotations.NullMarked;
