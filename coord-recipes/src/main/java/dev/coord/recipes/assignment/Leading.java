package dev.coord.recipes.assignment;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Consistency;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.assignment.AssignmentView.Target;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.internal.Async;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A participant as a candidate and elected leader: writes the targets. Touched in the participation's context only.
 *
 * <p>Each write is guarded by the leadership. A new term begins with a linearizable read, behind which no write of an earlier
 * term can come; and the leader decides again only when it has seen its own last writes.
 */
final class Leading {
    private final Participation all;
    private @Nullable CompletableFuture<Leadership> campaign;
    private @Nullable Leadership office;
    private @Nullable Absences absences;
    private volatile boolean ready;
    private boolean stopped;
    private boolean released;
    private int writing;
    private boolean writeFailed;
    private long ownWrites;
    private boolean heldBack;
    private @Nullable List<WeightedMember> plannedFor;
    private @Nullable Map<String, String> plan;

    Leading(Participation all) {
        this.all = all;
    }

    // ---- office

    void campaign() {
        if (stopped) {
            return;
        }
        LeaderElection election = LeaderElection.on(all.coord(), all.path().leader());
        CompletableFuture<Leadership> attempt = election.campaignAsync(all.name());
        campaign = attempt;
        Async.whenDone(attempt, (won, failure) -> all.run(() -> decided(won)));
    }

    private void decided(@Nullable Leadership won) {
        if (won == null) {
            all.later(this::campaign);
        } else if (stopped) {
            CompletableFuture<Void> ignored = won.closeAsync();
        } else {
            office = won;
            Async.onSignal(won.lost(), all.over(), () -> all.run(() -> deposed(won)));
            takeOffice(won);
        }
    }

    private void takeOffice(Leadership term) {
        if (office != term) {
            return;
        }
        RangeQuery everything = RangeQuery.of(all.path().all());
        Async.run(
                () -> all.coord().kv().rangeAsync(everything, Consistency.linearizable()),
                (state, failure) -> all.run(() -> {
                    if (state == null) {
                        all.later(() -> takeOffice(term));
                    } else {
                        begin(term, state);
                    }
                }));
    }

    private void begin(Leadership term, RangeResult state) {
        all.advance(state);
        if (office == term) {
            absences = new Absences(all, this::decide);
            plannedFor = null;
            ownWrites = 0;
            ready = true;
            decide();
        }
    }

    private void deposed(Leadership term) {
        if (office == term) {
            leave();
            campaign();
        }
    }

    private void leave() {
        office = null;
        ready = false;
        if (absences != null) {
            absences.end();
        }
    }

    boolean isInOffice() {
        return ready;
    }

    /** Withdraws or resigns. */
    void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        Leadership term = office;
        leave();
        if (term != null) {
            Async.whenDone(term.closeAsync(), (done, failure) -> all.run(this::released));
            return;
        }
        if (campaign != null) {
            campaign.cancel(false);
        }
        released = true;
    }

    private void released() {
        released = true;
        all.departIfDone();
    }

    /** Whether nothing is left of it that the store must let go. */
    boolean isStopped() {
        return released;
    }

    // ---- deciding

    /** Called when members or targets have changed. */
    void changed() {
        decide();
    }

    /** Called when a partition has come to an owner or from one. */
    void moved() {
        if (heldBack) {
            decide();
        }
    }

    private void decide() {
        Absences present = absences;
        if (!ready || present == null || writing > 0 || all.view().revision() < ownWrites) {
            return;
        }
        present.note();
        if (present.isAnyUnknown()) {
            return;
        }
        List<WeightedMember> there = present.there();
        if (!there.isEmpty() && !there.equals(plannedFor)) {
            plannedFor = there;
            plan = plan(there);
        }
        if (plan != null && !there.isEmpty()) {
            carryOut(plan, there);
        }
    }

    private @Nullable Map<String, String> plan(List<WeightedMember> there) {
        Map<String, String> before = new TreeMap<>();
        all.view().targets().forEach((partition, target) -> before.put(partition, target.member()));
        try {
            Map<String, String> decided =
                    Map.copyOf(all.settings().strategy().assign(all.settings().partitions(), there, before));
            check(decided, names(there));
            return new TreeMap<>(decided);
        } catch (RuntimeException e) {
            all.calls().add(() -> all.listener().onStrategyFailed(e));
            return null;
        }
    }

    private void check(Map<String, String> decided, Set<String> there) {
        if (!decided.keySet().equals(Set.copyOf(all.settings().partitions())) || !there.containsAll(decided.values())) {
            throw new IllegalStateException("the strategy " + all.settings().strategy() + " assigned " + decided
                    + "; it must give each partition, and no other, to one of " + there);
        }
    }

    private static Set<String> names(List<WeightedMember> members) {
        Set<String> names = new HashSet<>();
        members.forEach(member -> names.add(member.name()));
        return names;
    }

    private void carryOut(Map<String, String> goal, List<WeightedMember> there) {
        Rebalancing next =
                Rebalancing.next(goal, all.view(), names(there), all.settings().movesAtOnce());
        heldBack = next.heldBack();
        long term = requireNonNull(office).term();
        List<Op> writes = new ArrayList<>();
        next.puts()
                .forEach((partition, member) ->
                        writes.add(Op.put(all.path().target(partition), Target.text(term, member))));
        next.deletes().forEach(partition -> writes.add(Op.delete(all.path().target(partition))));
        for (int from = 0; from < writes.size(); from += Txn.MAX_OPS) {
            write(writes.subList(from, Math.min(writes.size(), from + Txn.MAX_OPS)));
        }
    }

    /** The first step of a hand-over, for many partitions at once. */
    private void write(List<Op> targets) {
        Leadership term = requireNonNull(office);
        writing++;
        Async.run(
                () -> all.coord()
                        .kv()
                        .txn()
                        .when(term.guard(), all.registrationGuard())
                        .then(targets.toArray(new Op[0]))
                        .commitAsync(),
                (result, failure) -> all.run(() -> written(term, result)));
    }

    private void written(Leadership term, @Nullable TxnResult result) {
        writing--;
        if (result == null) {
            writeFailed = true;
        } else if (result.succeeded()) {
            ownWrites = Math.max(ownWrites, result.revision());
        } else if (office == term) {
            // Over, though the signal of it has not come: no more decisions.
            ready = false;
            CompletableFuture<Void> ignored = term.closeAsync();
        }
        if (writing == 0 && writeFailed) {
            writeFailed = false;
            all.later(this::decide);
        } else {
            decide();
        }
    }
}
