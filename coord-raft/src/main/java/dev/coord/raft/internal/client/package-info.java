/** What turns the replicated store into a Coord handle: proposals in batches, read barriers, keep-alive, watches. */
@NullMarked
package dev.coord.raft.internal.client;

import org.jspecify.annotations.NullMarked;
