package dev.coord.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Who commits. The name is that of the contender's tables too. */
enum CommitContender {
    COORD("Coord, at the Raft leader"),
    COORD_FOLLOWER("Coord, at a follower"),
    NARAYANA("Narayana, file store"),
    NARAYANA_TUNED("Narayana, journal, parallel"),
    ATOMIKOS("Atomikos");

    final String title;

    CommitContender(String title) {
        this.title = title;
    }

    /** Returns the others: what Coord is compared to. */
    static List<CommitContender> others() {
        return Arrays.stream(values()).filter(one -> !one.isCoord()).toList();
    }

    /** Returns the others with the logs that they have unless told otherwise. */
    static List<CommitContender> asTheyCome() {
        return List.of(NARAYANA, ATOMIKOS);
    }

    boolean isCoord() {
        return this == COORD || this == COORD_FOLLOWER;
    }

    /** Returns in whose JVM it is. */
    CommitContender host() {
        return this == COORD_FOLLOWER ? COORD : this;
    }

    String table() {
        return name().toLowerCase(Locale.ROOT);
    }
}
