package dev.coord.recipes.assignment;

import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.recipes.assignment.AssignmentView.Registration;
import dev.coord.recipes.internal.Removal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A participant as a member of the group: its key. It comes by creating that, once the one of the same name before is gone.
 * It leaves by saying so in the key, so that it is not taken for crashed, and deletes the key when everything is given back;
 * whoever finds nobody left then deletes the targets as well. Touched in the participation's context only.
 */
final class Belonging {
    private final Participation all;
    private final String key;
    private long registration;
    private boolean registering;
    /** Whether our key may be there: from the first request on, until an answer says otherwise. */
    private boolean perhapsRegistered;

    private boolean announced;
    private boolean departing;
    private boolean gone;

    Belonging(Participation all) {
        this.all = all;
        this.key = all.path().member(all.name());
    }

    Guard guard() {
        return Guard.createRevisionIs(key, registration);
    }

    /** Called when something has changed. */
    void look() {
        Registration present = all.view().members().get(all.name());
        if (all.isWaiting() && present == null) {
            register();
        } else if (all.isMember()
                && all.view().revision() >= registration
                && (present == null || present.createRevision() != registration)) {
            lost();
        } else if (all.isMember()) {
            differing().ifPresent(all::leave);
        }
    }

    /** Of two who are given different partitions, the one that came later is wrong. */
    private Optional<PartitionsDifferException> differing() {
        String ours = all.settings().partitionsMark();
        return all.view().members().entrySet().stream()
                .filter(member -> registration == 0 || member.getValue().createRevision() < registration)
                .filter(member -> !member.getValue().partitions().equals(ours))
                .findFirst()
                .map(member -> new PartitionsDifferException(
                        all.path().path(),
                        member.getKey(),
                        Settings.described(member.getValue().partitions()),
                        Settings.described(ours)));
    }

    private void lost() {
        // The end of the session is seen in the keys before it is told.
        if (all.coord().leases().find(all.coord().session().id()).isEmpty()) {
            all.sessionEnded();
        } else {
            all.leave(new FencedException("the member " + key + " was deleted by someone else"));
        }
    }

    private void register() {
        if (registering || !all.isWaiting()) {
            return;
        }
        // One that perhaps is registered is perhaps among those who would have it refused.
        Optional<RuntimeException> refusal = perhapsRegistered ? Optional.empty() : refusal();
        if (refusal.isPresent()) {
            all.end(refusal.get());
            return;
        }
        registering = true;
        perhapsRegistered = true;
        all.attempt(() -> registration().commitAsync(), this::registerAgain, this::registered);
    }

    private Optional<RuntimeException> refusal() {
        if (all.view().members().size() >= PartitionAssignment.MAX_MEMBERS) {
            return Optional.of(new LimitExceededException(PartitionAssignment.MAX_MEMBERS + " members at "
                    + all.path().path() + " already, which is the most there can be"));
        }
        return differing().map(wrong -> wrong);
    }

    /** Repeats what perhaps was done: the mark tells. */
    private void registerAgain() {
        registering = false;
        register();
    }

    private Txn registration() {
        return all.coord().kv().txn().when(Guard.absent(key)).then(put(false)).otherwise(Op.get(key));
    }

    private Op put(boolean leaving) {
        return Op.put(key, mark(leaving)).withLease(all.coord().session().id());
    }

    private Value mark(boolean leaving) {
        return Value.of(Registration.text(
                all.incarnation(), all.settings().weight(), all.settings().partitionsMark(), leaving));
    }

    private void registered(TxnResult result) {
        registering = false;
        if (!all.isWaiting()) {
            return;
        }
        if (result.succeeded()) {
            enter(result.revision());
            return;
        }
        Entry present = ((OpResult.Get) result.results().get(0)).found();
        if (present != null && present.value().equals(mark(false))) {
            enter(present.createRevision());
        } else {
            perhapsRegistered = false;
            all.later(this::look); // the replica may lag behind the answer
        }
    }

    private void enter(long revision) {
        registration = revision;
        all.enter();
    }

    void leave(boolean wasMember) {
        if (wasMember) {
            announce();
        } else {
            announced = true;
            all.departIfDone();
        }
    }

    private void announce() {
        all.attempt(
                () -> all.coord().kv().txn().when(guard()).then(put(true)).commitAsync(), this::announce, result -> {
                    announced = true;
                    all.departIfDone();
                });
    }

    /** Called when everything is given back. */
    void depart() {
        if (announced && !departing) {
            departing = true;
            delete();
        }
    }

    private void delete() {
        Op count = Op.range(RangeQuery.of(all.path().members()).countedOnly());
        Txn txn =
                all.coord().kv().txn().when(mine()).then(Op.delete(key), count).otherwise(count);
        all.attempt(txn::commitAsync, this::delete, this::deleted);
    }

    /** Whoever leaves before it learnt of its registration knows its mark; what is on its way is before its removal. */
    private Guard mine() {
        return registration == 0 ? Guard.valueIs(key, mark(false)) : guard();
    }

    /** Takes the key out of the store, trying for as long as it takes; for others that is as a crash. */
    CompletableFuture<Void> abandon() {
        if (gone || !perhapsRegistered) {
            return CompletableFuture.completedFuture(null);
        }
        Guard mine = mine();
        return Removal.start(
                all.coord(), () -> all.coord().kv().txn().when(mine).then(Op.delete(key)));
    }

    private void deleted(TxnResult result) {
        gone = true;
        OpResult last = result.results().get(result.results().size() - 1);
        if (((OpResult.Range) last).result().count() == 0) {
            forget();
        } else {
            all.end(null);
        }
    }

    /** Deletes the targets if nobody has come meanwhile. */
    private void forget() {
        Txn txn = all.coord()
                .kv()
                .txn()
                .when(
                        Guard.absent(all.path().members()),
                        Guard.absent(all.path().owners()))
                .then(Op.delete(all.path().targets()));
        all.attempt(txn::commitAsync, this::forget, result -> all.end(null));
    }
}
