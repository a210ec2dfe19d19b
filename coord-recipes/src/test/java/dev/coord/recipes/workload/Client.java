package dev.coord.recipes.workload;

import dev.coord.Coord;
import dev.coord.lease.Lease;
import dev.coord.watch.Watch;
import java.util.ArrayList;
import java.util.List;

/** A session at a peer, and what it holds besides locks. */
final class Client {
    final String peer;
    final String process;
    final Coord coord;
    final List<Lease> leases = new ArrayList<>();
    final List<Watch> watches = new ArrayList<>();

    /** Set when it was closed by its user. */
    boolean closed;

    Client(String peer, String process, Coord coord) {
        this.peer = peer;
        this.process = process;
        this.coord = coord;
    }

    boolean isOver() {
        return closed || coord.session().expired().isDone();
    }
}
