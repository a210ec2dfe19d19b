package dev.coord.chaos.load;

import dev.coord.testkit.history.Claims;

/** A resource outside Coord that remembers the greatest token it has seen, and refuses smaller ones. */
final class FencedRegister {
    private final String name;
    private final Claims claims;
    private long greatest;

    FencedRegister(String name, Claims claims) {
        this.name = name;
        this.claims = claims;
    }

    synchronized boolean write(String process, long token) {
        boolean accepted = token >= greatest;
        greatest = Math.max(greatest, token);
        claims.write(process, name, token, accepted);
        return accepted;
    }
}
