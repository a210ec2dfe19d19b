/** Faults of processes: killed, stopped, restarted, starved. */
@NullMarked
package dev.coord.chaos.process;

import org.jspecify.annotations.NullMarked;
