package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.FencedException;
import dev.coord.LeaseExpiredException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.internal.Line.Place;
import dev.coord.watch.WatchSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a claim comes to its turn: decides, by the queues as it sees them, which step is next. Touched in the claim's context
 * only.
 *
 * <pre>
 *   ask --(room, nobody waits)--> enter --> granted
 *    |                              | somebody came
 *    +--------> queue --------------+--> decide --(turn, room)--> promote --> decide
 *                                          |  ^
 *                                          |  | somebody went
 *                                          +--+ await             decide --(own key among the holders)--> granted
 * </pre>
 */
final class Turn {
    private final Claim claim;
    private final Coord coord;
    private final List<Want> wants;
    private final Terms terms;
    private final String id;
    private final Moves moves;
    private final Steps steps;
    private final SerialContext context;
    private final Waiting waiting;
    /** Whether the store has answered that we wait. */
    private boolean queued;

    Turn(Claim claim, Coord coord, List<Want> wants, Terms terms, Steps steps, SerialContext context) {
        this.claim = claim;
        this.coord = coord;
        this.wants = wants;
        this.terms = terms;
        this.id = QueuePath.newId(coord.session());
        this.moves = new Moves(coord, wants, id, terms.leaseId(coord.session()));
        this.steps = steps;
        this.context = context;
        this.waiting = new Waiting(coord, context, this::look, this::watchEnded);
    }

    Moves moves() {
        return moves;
    }

    boolean isQueued() {
        return queued;
    }

    void end() {
        waiting.stop();
    }

    private void read(Consistency consistency, Consumer<List<Line>> next) {
        waiting.stop();
        steps.read(consistency, next);
    }

    // ---- into the queue

    void begin() {
        read(Consistency.sequential(), this::ask);
    }

    private void ask(List<Line> lines) {
        if (admitsNewcomer(lines)) {
            steps.send(moves.enter(lines, !terms.isOnlyIfFree()), this::queue, this::ask, this::entered);
        } else if (terms.isOnlyIfFree()) {
            // The replica may be behind.
            read(Consistency.linearizable(), this::tryOnce);
        } else {
            queue();
        }
    }

    /** With a state that is no older than the request. */
    private void tryOnce(List<Line> lines) {
        if (admitsNewcomer(lines)) {
            ask(lines);
        } else if (!isTooMuch(lines)) {
            claim.finish(Optional.empty());
        }
    }

    /** With a state that is no older than the request. If the capacity is lowered later, we wait until it is raised. */
    private void decideFirst(List<Line> lines) {
        if (!isTooMuch(lines)) {
            decide(lines);
        }
    }

    /** Fails if more was asked for than there is. */
    private boolean isTooMuch(List<Line> lines) {
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (!line.fits(wants.get(i).ask())) {
                claim.fail(new LimitExceededException(wants.get(i).ask().permits() + " permits were asked for of the "
                        + line.capacity() + " of " + line.queue().path() + "; ask for fewer, or raise its limit"));
                return true;
            }
        }
        return false;
    }

    private boolean admitsNewcomer(List<Line> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).admitsNewcomer(wants.get(i).ask())) {
                return false;
            }
        }
        return true;
    }

    private void entered(TxnResult result) {
        Consistency after = Consistency.atLeast(result.revision());
        if (result.succeeded()) {
            grant(result.revision());
        } else if (terms.isOnlyIfFree()) {
            steps.notThere();
            read(after, this::tryOnce);
        } else {
            queued = true;
            read(after, this::decideFirst);
        }
    }

    void queue() {
        steps.send(moves.queue(), this::queue, lines -> queue(), result -> {
            queued = true;
            read(Consistency.atLeast(result.revision()), this::decideFirst);
        });
    }

    // ---- in the queue

    /** Looks at the queues as this peer has them. */
    private void look() {
        read(Consistency.sequential(), this::decide);
    }

    private void decide(List<Line> lines) {
        Optional<Place> held = lines.get(0).holder(id);
        if (held.isPresent()) {
            grant(held.get().since());
            return;
        }
        if (lines.stream().anyMatch(line -> line.waiter(id).isEmpty())) {
            placeGone();
            return;
        }
        Line full = firstFull(lines);
        if (full == null) {
            advance(lines);
        } else {
            await(full);
        }
    }

    /** The replica may know of the session's end before the session does. */
    private void placeGone() {
        if (coord.leases().find(coord.session().id()).isEmpty()) {
            claim.sessionEnded();
        } else {
            claim.fail(new FencedException(
                    "the place " + id + " in the queue of " + Want.paths(wants) + " was deleted by others"));
        }
    }

    private @Nullable Line firstFull(List<Line> lines) {
        for (Line line : lines) {
            if (!line.admits(id)) {
                return line;
            }
        }
        return null;
    }

    /** There is room. Whoever may be promoted by others and is before us, is promoted with us. */
    private void advance(List<Line> lines) {
        Line line = lines.get(0);
        if (lines.size() > 1 || line.waiter(id).orElseThrow().ask().alone()) {
            steps.send(moves.promote(lines), this::queue, this::decide, this::moved);
        } else if (Moves.promotable(line).stream().anyMatch(place -> place.id().equals(id))) {
            steps.send(moves.promoteAll(line), this::queue, this::decide, this::moved);
        } else {
            await(line); // for the one before: more have their turn than one transaction takes
        }
    }

    private void moved(TxnResult result) {
        read(Consistency.atLeast(result.revision()), this::decide);
    }

    private void await(Line line) {
        QueuePath queue = line.queue();
        Place before = line.before(id);
        WatchSpec ahead = before == null
                ? WatchSpec.of(queue.holders())
                : WatchSpec.of(KeyRange.key(before.entry().key())).deletesOnly();
        waiting.until(ahead.from(line.revision() + 1));
        if (before != null && before.ask().alone()) {
            // It may wait elsewhere and not be woken by what makes room here, so whatever leaves wakes us.
            waiting.orUntil(WatchSpec.of(queue.range()).deletesOnly().from(line.revision() + 1));
            waiting.orUntil(WatchSpec.of(queue.holders()).from(line.revision() + 1));
        }
        if (terms.isMovable() && before != null) {
            WatchSpec own = WatchSpec.of(KeyRange.key(queue.waiterKey(id))).deletesOnly();
            waiting.orUntil(own.from(line.revision() + 1));
        }
        check();
    }

    private void check() {
        WaitCheck check = terms.check();
        if (check != null) {
            Async.run(
                    () -> check.look(id),
                    (found, failure) -> context.run(() -> {
                        if (failure != null) {
                            claim.fail(failure);
                        } else {
                            requireNonNull(found).ifPresent(claim::fail);
                        }
                    }));
        }
    }

    private void watchEnded(CoordException cause) {
        if (Removal.endsSession(cause)) {
            claim.fail(cause);
        } else {
            look();
        }
    }

    private void grant(long token) {
        Stretch stretch = new Stretch(coord, terms);
        if (terms.isOver()) {
            claim.fail(new LeaseExpiredException(terms.leaseId(coord.session())));
            return;
        }
        if (!stretch.lasts()) {
            // The session may recover, and the place is then as good as before.
            steps.retryOrFail(this::look);
            return;
        }
        Holding holding = new Holding(coord, wants, terms, id, token, stretch);
        holding.open();
        claim.finish(Optional.of(holding));
    }
}
