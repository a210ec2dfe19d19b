package dev.coord.bench.side;

/** What is measured of a system, and so how it is set up. */
enum Mode {
    /** Three servers or peers that run, and callers. */
    RUNNING,
    /** How long it takes to start. */
    START,
    /** How long it takes to go on when the Raft leader fails: servers are processes of their own. */
    FAILOVER,
    /** What grows with what is stored. */
    GROWTH
}
