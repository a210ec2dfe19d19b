/** The public door of the peer: configuration, life cycle, and clusters for tests. */
@NullMarked
package dev.coord.raft;

import org.jspecify.annotations.NullMarked;
