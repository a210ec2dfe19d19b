/** A process that does nothing but exchange heartbeats with others of its kind. */
@NullMarked
package dev.coord.examples.heartbeat;

import org.jspecify.annotations.NullMarked;
