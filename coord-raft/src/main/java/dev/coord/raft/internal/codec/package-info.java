/** Commands and snapshots as bytes, versioned. The formats are described in docs/format.md. */
@NullMarked
package dev.coord.raft.internal.codec;

import org.jspecify.annotations.NullMarked;
