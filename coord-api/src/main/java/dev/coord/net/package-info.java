/**
 * Messages between processes, apart from the replicated log: datagrams, which may be lost, and requests, which are answered or
 * fail. For what needs no agreement: heartbeats, gossip, broadcast.
 */
@NullMarked
package dev.coord.net;

import org.jspecify.annotations.NullMarked;
