package dev.coord.recipes.workload;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.recipes.assignment.AssignmentListener;
import dev.coord.recipes.assignment.Participant;
import dev.coord.recipes.assignment.PartitionAssignment;
import dev.coord.recipes.assignment.PartitionOwnership;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A member of an assignment that works on what it owns, takes its time to stop, and looks whether it is treated well. */
final class AssignmentMember implements AssignmentListener {
    final String peer;
    final String name;
    final Coord coord;
    final CompletableFuture<Participant> joining;
    final List<PartitionOwnership> tracked = new ArrayList<>();
    private final AssignmentCheck check;
    private final SplittableRandom random;
    private final Duration revokeWithin;
    /** The last ownership of each partition that this was told of, and those that are over and done with. */
    private final Map<String, PartitionOwnership> told = new HashMap<>();

    private final Set<PartitionOwnership> finished = new HashSet<>();

    private final Set<PartitionOwnership> disturbed = new HashSet<>();

    @Nullable
    Participant participant;

    boolean leaving;
    boolean ending;
    boolean over;
    boolean prompt;

    AssignmentMember(
            String peer,
            String name,
            Coord coord,
            PartitionAssignment assignment,
            Duration revokeWithin,
            AssignmentCheck check,
            SplittableRandom random) {
        this.peer = peer;
        this.name = name;
        this.coord = coord;
        this.check = check;
        this.random = random;
        this.revokeWithin = revokeWithin;
        joining = assignment.joinAsync(name, this);
        joining.whenComplete((joined, failure) -> {
            if (joined == null) {
                over = true;
                judge(failure);
                return;
            }
            participant = joined;
            joined.ended().whenComplete((done, cause) -> {
                over = true;
                judge(cause);
            });
        });
    }

    private void judge(@Nullable Throwable failure) {
        if (failure != null && !(failure instanceof CoordException || failure instanceof CancellationException)) {
            check.fail(new AssertionError("an undocumented error: " + failure, failure));
        }
    }

    boolean isAlive() {
        return participant != null && !leaving && !over;
    }

    void leave() {
        leaving = true;
        Participant mine = participant;
        if (mine != null) {
            mine.closeAsync();
        } else {
            joining.cancel(false);
        }
    }

    /** Someone or something takes what it owns from it: it may be lost without its having given it back. */
    void disturb(PartitionOwnership ownership) {
        disturbed.add(ownership);
    }

    void close(PartitionOwnership ownership) {
        disturb(ownership);
        finished.add(ownership);
        ownership.closeAsync();
    }

    @Override
    public void onAssigned(PartitionOwnership ownership) {
        PartitionOwnership before = told.put(ownership.partition(), ownership);
        check.that(before == null || finished.remove(before), "assigned before the former was over", ownership);
        check.granted(ownership);
        tracked.add(ownership);
    }

    @Override
    public CompletionStage<?> onRevoking(PartitionOwnership ownership) {
        check.that(told.get(ownership.partition()) == ownership, "revoked without having been assigned", ownership);
        Ticker ticker = coord.ticker();
        long began = ticker.nanos();
        CompletableFuture<Void> lapsed = coord.session().lapsed();
        boolean lost = !ownership.isValid();
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        Runnable stop = () -> {
            boolean may = lost
                    || lapsed.isDone()
                    || !coord.session().isValid()
                    || ending
                    || check.isTouched(ownership)
                    || disturbed.contains(ownership)
                    || over
                    || ticker.nanos() - began >= revokeWithin.toNanos();
            check.that(may || ownership.isValid(), "taken from an owner that has not stopped", ownership);
            finished.add(ownership);
            stopped.complete(null);
        };
        int chance = prompt ? 1 : random.nextInt(20);
        if (chance == 0 && !disturbed.contains(ownership)) {
            return stopped; // stuck: taken by the time limit
        } else if (chance < 8) {
            stop.run();
        } else {
            coord.scheduler()
                    .schedule(
                            Duration.ofMillis(random.nextInt(400)),
                            () -> coord.callbacks().execute(stop));
        }
        return stopped;
    }

    @Override
    public void onLost(PartitionOwnership ownership) {
        check.that(!ownership.isValid(), "lost, yet valid", ownership);
        finished.add(ownership);
    }

    @Override
    public String toString() {
        return name + " at " + peer;
    }
}
