package dev.coord.recipes.assignment;

import dev.coord.recipes.internal.Async;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A member of a {@link PartitionAssignment}, from when it has joined until it leaves or its session ends. Belongs to whoever
 * has the handle; any thread may use it.
 *
 * <p>When the session lapses and recovers, all partitions are lost and then assigned anew, with other tokens, but the
 * membership goes on. When it ends, so does this: open a new session and join again.
 */
public final class Participant implements AutoCloseable {
    private final Participation inside;

    Participant(Participation inside) {
        this.inside = inside;
    }

    /**
     * Returns the name that was joined with.
     *
     * @return the member's name
     */
    public String name() {
        return inside.name();
    }

    /**
     * Returns what this participant owns as far as it knows: each of them may be lost, which
     * {@link PartitionOwnership#isValid()} tells. Local; never waits.
     *
     * @return the ownerships by partition; a copy
     */
    public Map<String, PartitionOwnership> owned() {
        return inside.owning().owned();
    }

    /**
     * Tells whether this participant is the elected leader, which decides who is to own what. Local; never waits; perhaps
     * outdated.
     *
     * @return whether it decides, as far as it knows
     */
    public boolean isLeading() {
        return inside.leading().isInOffice();
    }

    /**
     * Returns the end of the membership. Dependents run on the peer's callback threads.
     *
     * @return completes normally when this participant has left because it was closed; fails with
     *     {@link dev.coord.SessionExpiredException} if the session has ended, {@link dev.coord.ClosedException} if the
     *     handle or peer was closed, {@link dev.coord.FencedException} if someone deleted the member's key,
     *     {@link PartitionsDifferException} if a member that came before is given other partitions; the same at each call
     */
    public CompletableFuture<Void> ended() {
        return inside.outcome();
    }

    /**
     * Leaves without waiting: takes nothing more, has the listener give back what is owned as
     * {@link AssignmentListener#onRevoking} describes, and leaves the group then, trying for as long as it takes or until
     * the session has ended. Safe to repeat.
     *
     * @return completes normally when the store has let go of everything
     */
    public CompletableFuture<Void> closeAsync() {
        inside.leave();
        return inside.over();
    }

    /**
     * Leaves as {@link #closeAsync()} does, and waits until that is done, or until the session's validity has lapsed if the
     * store cannot be reached. Not for the listener, whose calls it waits for. An interrupt ends the waiting only, and is
     * kept.
     */
    @Override
    public void close() {
        CompletableFuture<Void> lapsed = inside.coord().session().lapsed();
        try {
            Async.awaitDone(
                    inside.coord(),
                    CompletableFuture.anyOf(closeAsync(), lapsed).thenAccept(either -> {}));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "Participant " + inside.name() + " at " + inside.path().path();
    }
}
