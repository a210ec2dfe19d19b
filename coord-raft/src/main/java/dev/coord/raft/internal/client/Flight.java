package dev.coord.raft.internal.client;

/** A batch that was sent and not yet applied here. */
final class Flight {
    final long epoch;
    int remaining;

    Flight(long epoch, int remaining) {
        this.epoch = epoch;
        this.remaining = remaining;
    }
}
