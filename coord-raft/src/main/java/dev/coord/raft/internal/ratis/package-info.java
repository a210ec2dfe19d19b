/** The only importer of Apache Ratis: its RPC over our transport, its state machine over our replica. */
@NullMarked
package dev.coord.raft.internal.ratis;

import org.jspecify.annotations.NullMarked;
