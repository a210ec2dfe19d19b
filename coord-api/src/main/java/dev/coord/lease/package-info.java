/**
 * Leases and sessions: promises with a time limit, judged by their holder locally and conservatively.
 */
@NullMarked
package dev.coord.lease;

import org.jspecify.annotations.NullMarked;
