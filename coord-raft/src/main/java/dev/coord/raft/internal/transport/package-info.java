/** Request and response between peers. */
@NullMarked
package dev.coord.raft.internal.transport;

import org.jspecify.annotations.NullMarked;
