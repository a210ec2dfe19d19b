package dev.coord.recipes.internal;

import dev.coord.Coord;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.Txn;
import dev.coord.recipes.internal.Line.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * The transactions by which a claim moves: into a queue, to the holders, and away. That no more is held than there is room
 * for is decided here, by guards; who is served first is a matter of who makes which move.
 */
final class Moves {
    /** Each takes two of the steps of a transaction, and one of its guards. */
    private static final int MOST_PROMOTED = 40;

    private final Coord coord;
    private final List<Want> wants;
    private final String id;
    private final long lease;

    Moves(Coord coord, List<Want> wants, String id, long lease) {
        this.coord = coord;
        this.wants = wants;
        this.id = id;
        this.lease = lease;
    }

    /** Holds at once if nobody has come since the queues were read, and else waits, unless it is not to. */
    Txn enter(List<Line> lines, boolean orWait) {
        Txn txn = coord.kv().txn();
        lines.forEach(line -> txn.when(line.nobodyNew()));
        wants.forEach(want -> txn.then(holding(want)));
        if (orWait) {
            wants.forEach(want -> txn.otherwise(waiting(want)));
        }
        return txn;
    }

    /** Waits, unless an earlier attempt whose outcome is unknown has come further already. */
    Txn queue() {
        Txn txn = coord.kv().txn();
        for (Want want : wants) {
            txn.when(
                    Guard.absent(want.queue().waiterKey(id)),
                    Guard.absent(want.queue().holderKey(id)));
            txn.then(waiting(want));
        }
        return txn;
    }

    private Op holding(Want want) {
        return Op.put(want.queue().holderKey(id), want.ask().encode()).withLease(lease);
    }

    private Op waiting(Want want) {
        return Op.put(want.queue().waiterKey(id), want.ask().encode())
                .withLease(coord.session().id());
    }

    /** From a waiter in each queue to a holder in each. */
    Txn promote(List<Line> lines) {
        Txn txn = coord.kv().txn();
        for (int i = 0; i < lines.size(); i++) {
            txn.when(wants.get(i).nothingMissed(lines.get(i)));
            promote(txn, wants.get(i).queue(), lines.get(i).waiter(id).orElseThrow());
        }
        return txn;
    }

    /** Promotes everybody whose turn it is. */
    Txn promoteAll(Line line) {
        Txn txn = coord.kv().txn().when(wants.get(0).nothingMissed(line));
        promotable(line).forEach(place -> promote(txn, wants.get(0).queue(), place));
        return txn;
    }

    /** Lets go, and promotes those whose turn it is then; or, if somebody came or left meanwhile, just lets go. */
    Txn handOver(Line line, long token) {
        String own = wants.get(0).queue().holderKey(id);
        Txn txn = coord.kv()
                .txn()
                .when(Guard.createRevisionIs(own, token))
                .when(wants.get(0).nothingMissed(line))
                .then(Op.delete(own))
                .otherwise(Op.delete(own));
        promotable(line.without(id)).forEach(place -> promote(txn, wants.get(0).queue(), place));
        return txn;
    }

    /** Hands what is held to one of those who wait, whoever's turn it is; or does nothing. */
    Txn transfer(Place waiter, long token) {
        String own = wants.get(0).queue().holderKey(id);
        Txn txn = coord.kv().txn().when(Guard.createRevisionIs(own, token)).then(Op.delete(own));
        promote(txn, wants.get(0).queue(), waiter);
        return txn;
    }

    /**
     * Those whose turn it is and whom others may promote, as many as one transaction takes. There is room for one that has to
     * move by itself as well, and it may wait elsewhere yet: it is passed, not waited for.
     */
    static List<Place> promotable(Line line) {
        List<Place> promoted = new ArrayList<>();
        for (Place place : line.admissible()) {
            if (promoted.size() == MOST_PROMOTED) {
                break;
            }
            if (!place.ask().alone()) {
                promoted.add(place);
            }
        }
        return promoted;
    }

    private static void promote(Txn txn, QueuePath queue, Place place) {
        Ask ask = place.ask();
        long attached = ask.lease() == 0 ? place.entry().lease() : ask.lease();
        txn.when(Guard.createRevisionIs(place.entry().key(), place.since()))
                .then(
                        Op.delete(place.entry().key()),
                        Op.put(queue.holderKey(place.id()), ask.encode()).withLease(attached));
    }

    /** Away from everywhere; the names are unique, so nobody else is touched. */
    Txn remove() {
        Txn txn = coord.kv().txn();
        for (Want want : wants) {
            txn.then(
                    Op.delete(want.queue().holderKey(id)),
                    Op.delete(want.queue().waiterKey(id)));
        }
        return txn;
    }
}
