package dev.coord.raft.internal.client;

import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.LeaseState;
import dev.coord.raft.internal.store.View;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The leader's clock over all leases. Followers keep none, save that they note when detached leases will end.
 *
 * <p>Deadlines live on the leader's monotonic clock; a new leader grants every lease what the store says it has left, which
 * is its full time unless a checkpoint lowered it. A keep-alive counts once a majority has confirmed, after it arrived,
 * that this peer still leads; it writes no log entry, except that the first one after a checkpoint restores the full time
 * there. Expiry is an entry that names lease, generation and term, so what a deposed leader thinks does nothing.
 *
 * <p>A lease that was not renewed for {@link #SILENCE} of its time has its remaining time checkpointed every
 * {@link #CHECKPOINT} of it, so that it ends even if leaders change more often than its time to live (etcd #9888). A new
 * leader is told of all leases with a holder at once, and is as impatient with the others from its beginning.
 *
 * <p>A detached lease is never renewed. Whoever applied its grant knows its end, leader or not, and a new leader that does
 * goes by that: it applied no sooner than the lease began, so the end does not come early either.
 */
final class LeaseKeeper implements Replica.Listener {
    private static final double SILENCE = 0.4;
    private static final double CHECKPOINT = 0.1;
    private static final int MAX_PER_ENTRY = 1000;

    private final PeerContext peer;
    private final Replica replica;
    private final ReadBarrier barrier;
    private final Proposer proposer;
    private final Mailbox mailbox;

    private final Map<Long, TrackedLease> tracked = new HashMap<>();

    /** When to look at which lease. */
    private final Agenda<TrackedLease> agenda = new Agenda<>();

    /** When the detached leases end whose grants this peer applied. */
    private final Map<Long, Long> detachedEnds = new HashMap<>();

    /** The term in which this peer is the ready leader, or -1. */
    private volatile long term = -1;

    /** The term that what is tracked belongs to. */
    private long trackedTerm = -1;

    private final MailboxTimer timer;

    LeaseKeeper(PeerContext peer, Replica replica, ReadBarrier barrier, Proposer proposer) {
        this.peer = peer;
        this.replica = replica;
        this.barrier = barrier;
        this.proposer = proposer;
        this.mailbox = new Mailbox(peer.work());
        this.timer = new MailboxTimer(peer, mailbox, this::tick);
    }

    /** Renews leases; completes with, for each, whether it is alive. Fails if this peer is not the confirmed leader. */
    CompletableFuture<List<Boolean>> keepAlive(List<Long> ids) {
        CompletableFuture<List<Boolean>> answer = new CompletableFuture<>();
        long arrived = peer.ticker().nanos();
        barrier.leaderIndex().whenComplete((index, error) -> {
            if (error == null) {
                mailbox.post(() -> renew(ids, arrived, answer));
            } else {
                answer.completeExceptionally(error);
            }
        });
        return answer;
    }

    /**
     * Ends a lease before its time if nothing was heard of its holder for longer than that relies on it; completes with
     * whether it is gone. It goes by an entry as any expiry does, and so not by the word of a deposed leader.
     */
    CompletableFuture<Boolean> endIfSilent(long id) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        mailbox.post(() -> endIfSilent(id, answer));
        return answer;
    }

    @Override
    public void advanced(View view, List<Effect> effects) {
        boolean relevant = effects.stream().anyMatch(effect -> !(effect instanceof Effect.Completed));
        if (relevant) {
            mailbox.post(() -> {
                effects.forEach(this::apply);
                lookInTime();
            });
        } else if (view.term() != term && peer.status().ready()) {
            mailbox.post(this::followLeadership);
        }
    }

    @Override
    public void statusChanged() {
        mailbox.post(this::followLeadership);
    }

    // ---- in the mailbox

    private void followLeadership() {
        RaftStatus status = peer.status();
        View view = replica.view();
        if (status.term() != trackedTerm) {
            tracked.clear();
            agenda.clear();
        }
        if (!status.ready()) {
            term = -1;
        } else if (status.term() != term && view.term() == status.term()) {
            begin(status.term(), view);
        }
    }

    /**
     * Starts the clock of every lease; the view holds everything of earlier terms. What is tracked already is of this very
     * term, in which this peer was not ready for a moment: it counts on, for holders were told and entries are on their way.
     */
    private void begin(long newTerm, View view) {
        term = newTerm;
        trackedTerm = newTerm;
        List.copyOf(tracked.keySet()).stream()
                .filter(id -> view.leases().get(id) == null)
                .forEach(this::forget);
        view.leases().forEach(null, null, (id, lease) -> {
            if (!tracked.containsKey(id)) {
                track(lease, lease.remainingMillis(), CHECKPOINT);
            }
            return true;
        });
        lookInTime();
    }

    private void track(LeaseState stored, long remainingMillis, double patience) {
        long now = peer.ticker().nanos();
        long id = stored.id();
        TrackedLease lease = new TrackedLease(
                id,
                Duration.ofMillis(stored.ttlMillis()).toNanos(),
                Duration.ofMillis(stored.validityMillis()).toNanos());
        lease.deadline = now + Duration.ofMillis(remainingMillis).toNanos();
        lease.reliedUntil = now + lease.validityNanos;
        Long end = detachedEnds.get(id);
        if (end != null && end - lease.deadline < 0) {
            lease.deadline = end;
        }
        tracked.put(id, lease);
        lookAt(lease, now + (long) (patience * lease.ttlNanos));
    }

    private void lookAt(TrackedLease lease, long at) {
        agenda.put(lease, at - lease.deadline < 0 ? at : lease.deadline);
    }

    private void forget(long id) {
        TrackedLease lease = tracked.remove(id);
        if (lease != null) {
            agenda.remove(lease);
        }
    }

    private void apply(Effect effect) {
        noteDetached(effect);
        followLeadership();
        if (term < 0) {
            return;
        }
        if (effect instanceof Effect.LeaseGranted granted) {
            LeaseState stored = replica.view().leases().get(granted.lease());
            // What the view at the beginning of the term held is tracked already.
            if (!tracked.containsKey(granted.lease()) && stored != null) {
                track(stored, granted.ttlMillis(), SILENCE);
            }
        } else if (effect instanceof Effect.LeaseEnded ended) {
            forget(ended.lease());
        }
    }

    private void noteDetached(Effect effect) {
        if (effect instanceof Effect.LeaseGranted granted && granted.detached()) {
            long ttlNanos = Duration.ofMillis(granted.ttlMillis()).toNanos();
            detachedEnds.put(granted.lease(), peer.ticker().nanos() + ttlNanos);
            View view = replica.view();
            // Leases that a snapshot leaves out end without an effect here.
            if (detachedEnds.size() > 2 * view.leases().size() + 1000) {
                detachedEnds.keySet().removeIf(id -> view.leases().get(id) == null);
            }
        } else if (effect instanceof Effect.LeaseEnded ended) {
            detachedEnds.remove(ended.lease());
        }
    }

    private void renew(List<Long> ids, long arrived, CompletableFuture<List<Boolean>> answer) {
        followLeadership();
        if (term < 0) {
            answer.completeExceptionally(new IllegalStateException(peer.self() + " is not a ready Raft leader"));
            return;
        }
        List<Command.Remaining> restored = new ArrayList<>();
        Set<Long> dead = new HashSet<>();
        for (Long id : ids) {
            LeaseState stored = replica.view().leases().get(id);
            TrackedLease lease = tracked.get(id);
            if (lease == null || lease.expiring || stored == null) {
                dead.add(id);
            } else {
                lease.deadline = Math.max(lease.deadline, arrived + lease.ttlNanos);
                lease.reliedUntil = Math.max(lease.reliedUntil, arrived + lease.validityNanos);
                lookAt(lease, arrived + (long) (SILENCE * lease.ttlNanos));
                if (stored.checkpointed() || stored.generation() <= lease.threatened) {
                    restored.add(new Command.Remaining(ref(stored), stored.ttlMillis()));
                }
            }
        }
        lookInTime();
        List<Boolean> alive = ids.stream().map(id -> !dead.contains(id)).toList();
        if (restored.isEmpty()) {
            answer.complete(alive);
        } else {
            issue(new Command.CheckpointLeases(term, restored))
                    .whenComplete((done, error) -> mailbox.post(() -> {
                        if (error == null && restored.stream().allMatch(this::isRestored)) {
                            answer.complete(alive);
                        } else {
                            answer.completeExceptionally(new IllegalStateException("full time not restored"));
                        }
                    }));
        }
    }

    /** Whether the full time is back; it is not if an older checkpoint, another leader or the lease's end came first. */
    private boolean isRestored(Command.Remaining wanted) {
        LeaseState stored = replica.view().leases().get(wanted.ref().lease());
        return stored != null
                && !stored.checkpointed()
                && stored.generation() > wanted.ref().generation();
    }

    private CompletableFuture<?> issue(Command command) {
        return proposer.issueSessionless(command, Deadline.after(peer.ticker(), peer.requestTimeout())).future;
    }

    /** Sees to it that there will be a look when the next lease needs one, yet never two within a tick. */
    private void lookInTime() {
        if (term < 0 || agenda.isEmpty()) {
            return;
        }
        long now = peer.ticker().nanos();
        long soonest = now + PeerContext.TICK.toNanos();
        long at = Math.max(agenda.dueIn(now), PeerContext.TICK.toNanos()) + now;
        if (!timer.isSet() || (timer.dueAt() != at && timer.dueAt() - soonest > 0)) {
            timer.setIn(at - now);
        }
    }

    private void tick() {
        followLeadership();
        if (term >= 0) {
            look(peer.ticker().nanos());
            lookInTime();
        }
    }

    private void look(long now) {
        List<TrackedLease> expired = new ArrayList<>();
        List<TrackedLease> silent = new ArrayList<>();
        for (TrackedLease lease : agenda.takeDue(now, MAX_PER_ENTRY)) {
            if (lease.deadline - now <= 0) {
                expired.add(lease);
            } else {
                silent.add(lease);
                lookAt(lease, now + (long) (CHECKPOINT * lease.ttlNanos));
            }
        }
        var unused = expire(expired);
        checkpoint(silent, now);
    }

    private void endIfSilent(long id, CompletableFuture<Boolean> answer) {
        followLeadership();
        if (term < 0) {
            answer.completeExceptionally(new IllegalStateException(peer.self() + " is not a ready Raft leader"));
            return;
        }
        TrackedLease lease = tracked.get(id);
        long now = peer.ticker().nanos();
        if (lease == null) {
            // One not granted yet, as far as this replica knows, may be there for whoever asks.
            answer.complete(isGone(id) && id <= replica.view().lastLease());
        } else if (lease.expiring || lease.reliedUntil - now > 0) {
            answer.complete(false);
        } else {
            // From here on it has no more time, should the entry get lost: no keep-alive counts any more.
            lease.deadline = now;
            expire(List.of(lease))
                    .whenComplete((done, error) -> mailbox.post(() -> {
                        if (error == null || isGone(id)) {
                            answer.complete(isGone(id));
                        } else {
                            answer.completeExceptionally(error);
                        }
                    }));
        }
    }

    private boolean isGone(long id) {
        return replica.view().leases().get(id) == null;
    }

    private CompletableFuture<?> expire(List<TrackedLease> expired) {
        List<Command.LeaseRef> refs = new ArrayList<>();
        for (TrackedLease lease : expired) {
            LeaseState stored = replica.view().leases().get(lease.id);
            if (stored != null) {
                lease.expiring = true;
                refs.add(ref(stored));
            }
        }
        return refs.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : issue(new Command.ExpireLeases(term, refs))
                        .whenComplete((done, error) -> mailbox.post(() -> {
                            // Not known to be done, or checkpointed meanwhile: what is still there is looked at again.
                            expired.forEach(this::lookAgain);
                            lookInTime();
                        }));
    }

    private void lookAgain(TrackedLease lease) {
        if (tracked.get(lease.id) == lease) {
            lookAt(lease, peer.ticker().nanos() + PeerContext.TICK.toNanos());
        }
    }

    private void checkpoint(List<TrackedLease> silent, long now) {
        List<Command.Remaining> remaining = new ArrayList<>();
        for (TrackedLease lease : silent) {
            LeaseState stored = replica.view().leases().get(lease.id);
            if (stored != null) {
                long left = Duration.ofNanos(lease.deadline - now).toMillis() + 1;
                lease.threatened = stored.generation();
                remaining.add(new Command.Remaining(ref(stored), left));
            }
        }
        if (!remaining.isEmpty()) {
            issue(new Command.CheckpointLeases(term, remaining));
        }
    }

    private static Command.LeaseRef ref(LeaseState stored) {
        return new Command.LeaseRef(stored.id(), stored.generation());
    }
}
