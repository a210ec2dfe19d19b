package dev.coord.recipes.assignment;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.assignment.AssignmentView.Owner;
import dev.coord.recipes.assignment.AssignmentView.Target;
import dev.coord.recipes.assignment.Slot.Phase;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Removal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A participant as one that owns: claims what is meant for it and free, gives back what is meant for others. All but
 * {@link #owned} is touched in the participation's context only.
 *
 * <p>There is one slot for a partition at a time, so a claim is sent only when the removal of the ownership before is known to
 * be done, and the listener has returned from its last call about it. A claim of unknown outcome is undone, not adopted.
 */
final class Owning {
    private final Participation all;
    private final Map<String, Slot> slots = new HashMap<>();
    private final Map<String, PartitionOwnership> owned = new ConcurrentHashMap<>();
    private boolean retrying;
    private List<String> again = new ArrayList<>();

    Owning(Participation all) {
        this.all = all;
    }

    Map<String, PartitionOwnership> owned() {
        return Map.copyOf(owned);
    }

    /** Whether nothing is left that the store must let go. */
    boolean isReleased() {
        return slots.values().stream().allMatch(slot -> slot.removed);
    }

    /** Does for a partition what is to be done next, if anything. */
    void look(String partition) {
        Slot slot = slots.get(partition);
        if (slot == null) {
            if (isMine(partition) && all.view().owner(partition) == null) {
                claim(partition);
            }
        } else if (slot.isHeld()) {
            lookAtHeld(slot, requireNonNull(slot.ownership));
        } else if (slot.phase == Phase.RELEASING && !slot.removing && !slot.removed) {
            remove(slot);
        }
    }

    private boolean isMine(String partition) {
        Target target = all.view().target(partition);
        return target != null && all.isMember() && target.member().equals(all.name());
    }

    private void lookAtHeld(Slot slot, PartitionOwnership ownership) {
        Owner owner = all.view().owner(slot.partition);
        boolean gone = owner == null || owner.token() != ownership.fencingToken();
        if (gone && all.view().revision() >= ownership.fencingToken()) {
            ownership.lose(false);
        } else if (slot.phase == Phase.OWNED && !isMine(slot.partition)) {
            revoke(slot, ownership);
        }
    }

    // ---- claiming

    private void claim(String partition) {
        Slot slot = new Slot(partition, all.coord().session().lapsed());
        if (slot.lapsed.isDone()) {
            lookAgain(partition);
            return;
        }
        slots.put(partition, slot);
        Txn claim = claiming(partition, requireNonNull(all.view().target(partition)));
        Async.run(claim::commitAsync, (result, failure) -> all.run(() -> claimed(slot, result, failure)));
    }

    /** The second step of a hand-over: only what is free, is still meant for this member, and as long as it is a member. */
    private Txn claiming(String partition, Target target) {
        Op put = Op.put(all.path().owner(partition), mark())
                .withLease(all.coord().session().id());
        return all.coord()
                .kv()
                .txn()
                .when(
                        Guard.absent(all.path().owner(partition)),
                        Guard.modRevisionIs(all.path().target(partition), target.modRevision()),
                        all.registrationGuard())
                .then(put);
    }

    private Value mark() {
        return Value.of(Owner.text(all.incarnation(), all.name()));
    }

    private void claimed(Slot slot, @Nullable TxnResult result, @Nullable Throwable failure) {
        if (all.isOver()) {
            return;
        }
        if (result != null && result.succeeded()) {
            own(slot, result.revision());
        } else if (failure instanceof CoordException error && error.outcome() == Outcome.UNKNOWN) {
            release(slot);
        } else {
            slots.remove(slot.partition);
            lookAgain(slot.partition);
            all.departIfDone();
        }
    }

    private void own(Slot slot, long token) {
        String partition = slot.partition;
        PartitionOwnership ownership = new PartitionOwnership(
                all.coord(),
                partition,
                all.path().owner(partition),
                token,
                slot.lapsed,
                lost -> all.run(() -> lost(slot, lost)));
        slot.ownership = ownership;
        if (!ownership.isValid() || !all.isMember()) {
            release(slot);
            return;
        }
        slot.phase = Phase.OWNED;
        owned.put(partition, ownership);
        all.calls().add(() -> all.listener().onAssigned(ownership));
        ownership.open();
        look(partition);
    }

    // ---- giving back

    private void revoke(Slot slot, PartitionOwnership ownership) {
        slot.phase = Phase.REVOKING;
        slot.timeout = all.coord()
                .scheduler()
                .schedule(
                        all.settings().revokeWithin(), () -> Async.callBack(all.coord(), () -> ownership.lose(false)));
        all.calls().add(() -> {
            CompletionStage<?> stopped;
            try {
                stopped = all.listener().onRevoking(ownership);
            } catch (RuntimeException e) {
                ownership.lose(true); // who throws has stopped, too
                throw e;
            }
            Async.whenDone(stopped.toCompletableFuture(), (done, failure) -> ownership.lose(true));
        });
    }

    private void lost(Slot slot, PartitionOwnership ownership) {
        owned.remove(slot.partition, ownership);
        if (slot.timeout != null) {
            slot.timeout.cancel();
        }
        slot.told = false;
        all.calls().add(() -> {
            try {
                if (!ownership.wasGivenBack()) {
                    all.listener().onLost(ownership);
                }
            } finally {
                all.run(() -> told(slot));
            }
        });
        if (!all.isOver()) {
            release(slot);
        } // else it is abandoned
    }

    private void told(Slot slot) {
        slot.told = true;
        freeIfDone(slot);
    }

    private void release(Slot slot) {
        slot.phase = Phase.RELEASING;
        remove(slot);
    }

    private void remove(Slot slot) {
        slot.removing = true;
        Async.run(() -> removing(slot).commitAsync(), (result, failure) -> all.run(() -> removed(slot, failure)));
    }

    private Txn removing(Slot slot) {
        String key = all.path().owner(slot.partition);
        PartitionOwnership ownership = slot.ownership;
        Guard mine = ownership == null ? Guard.valueIs(key, mark()) : ownership.guard();
        return all.coord().kv().txn().when(mine).then(Op.delete(key));
    }

    private void removed(Slot slot, @Nullable Throwable failure) {
        slot.removing = false;
        if (all.isOver()) {
            return;
        }
        if (failure != null) {
            // If the session has ended, so does all of this.
            lookAgain(slot.partition);
            return;
        }
        slot.removed = true;
        toldRemoved(slot);
        all.departIfDone();
        freeIfDone(slot);
    }

    private void freeIfDone(Slot slot) {
        if (slot.removed && slot.told && slots.remove(slot.partition, slot)) {
            look(slot.partition);
        }
    }

    /** Gives everything back, in the orderly way. */
    void releaseAll() {
        for (Slot slot : List.copyOf(slots.values())) {
            look(slot.partition);
        }
    }

    /**
     * Everything is lost: the session has ended, or something has failed that does not pass.
     *
     * @return completes when nothing of it is in the store any more
     */
    CompletableFuture<Void> abandon() {
        List<CompletableFuture<Void>> removals = new ArrayList<>();
        for (Slot slot : List.copyOf(slots.values())) {
            PartitionOwnership ownership = slot.ownership;
            if (ownership != null) {
                ownership.lose(false);
            }
            if (!slot.removed) {
                removals.add(removal(slot));
            }
        }
        slots.clear();
        return CompletableFuture.allOf(removals.toArray(CompletableFuture<?>[]::new));
    }

    /** Trying for as long as it takes. */
    private CompletableFuture<Void> removal(Slot slot) {
        CompletableFuture<Void> gone = Removal.start(all.coord(), () -> removing(slot));
        Async.whenDone(gone, (done, failure) -> toldRemoved(slot));
        return gone;
    }

    private static void toldRemoved(Slot slot) {
        PartitionOwnership ownership = slot.ownership;
        if (ownership != null) {
            ownership.removed();
        }
    }

    // ---- trying again

    private void lookAgain(String partition) {
        again.add(partition);
        if (!retrying) {
            retrying = true;
            all.later(this::lookAtThoseAgain);
        }
    }

    private void lookAtThoseAgain() {
        retrying = false;
        List<String> due = again;
        again = new ArrayList<>();
        due.forEach(this::look);
    }
}
