package dev.coord.chaos.load;

/**
 * Where a peer's agent is.
 *
 * @param id of the peer
 * @param host of its agent
 * @param port of its agent
 */
public record Door(String id, String host, int port) {}
