package dev.coord.raft.internal.client;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.transport.MessageKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this peer's leases alive: one message to the leader carries many that are due. Each lease is renewed after a third
 * of its validity; failures are retried at once until its validity has passed. What a renewal costs does not grow with the
 * number of leases held, so that many of them starve none.
 */
final class KeepAlive implements Replica.Listener {
    private static final Duration RETRY_DELAY = Duration.ofMillis(50);

    /** A long lease is retried after this part of its time, and a second at most: it has time. */
    private static final int RETRIES = 60;

    private static final Duration LONGEST_RETRY_DELAY = Duration.ofSeconds(1);

    /** A lease is renewed early, by this part of its time, when others are due: many share few messages and looks. */
    private static final int TOGETHER = 12;

    /** A message of so many is short enough to leave time for the next one. */
    private static final int MAX_PER_MESSAGE = 5_000;

    private final PeerContext peer;
    private final LeaseKeeper keeper;
    private final Mailbox mailbox;
    private final Map<Long, HeldLease> held = new ConcurrentHashMap<>();

    /** The leases that are to be renewed, but for those that are asked for right now. */
    private final Agenda<HeldLease> renewals = new Agenda<>();

    /** When validity ends of those whose holders have not been told that it has. */
    private final Agenda<HeldLease> lapses = new Agenda<>();

    /** The number of the question under way, 0 if there is none that could still be answered soon. */
    private long asking;

    private long questions;
    private final MailboxTimer timer;
    private long heardTerm = -1;
    private boolean closed;

    KeepAlive(PeerContext peer, LeaseKeeper keeper) {
        this.peer = peer;
        this.keeper = keeper;
        this.mailbox = new Mailbox(peer.work());
        this.timer = new MailboxTimer(peer, mailbox, this::beat);
    }

    /** Starts keeping a lease. */
    void hold(HeldLease lease) {
        held.put(lease.id(), lease);
        mailbox.post(() -> {
            attendTo(lease);
            beat();
        });
    }

    /** Stops keeping a lease, which is lost for its holder: it ends by its time limit unless it is revoked. */
    void release(HeldLease lease) {
        if (held.remove(lease.id(), lease)) {
            lease.giveUp();
            mailbox.run(() -> over(lease));
        }
    }

    int count() {
        return held.size();
    }

    void close() {
        mailbox.run(() -> closed = true);
        List.copyOf(held.values()).forEach(this::release);
    }

    @Override
    public void advanced(View view, List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.LeaseEnded ended) {
                peer.measures().leasesEnded.increment();
                end(ended.lease());
            }
        }
        // After a snapshot there are no effects to tell of what ended.
        if (effects.isEmpty() && !held.isEmpty()) {
            held.values().stream()
                    .filter(lease ->
                            lease.id() <= view.lastLease() && view.leases().get(lease.id()) == null)
                    .forEach(lease -> end(lease.id()));
        }
    }

    /** A new leader soon records what leases have left of which it has heard nothing: it hears of all ours at once. */
    @Override
    public void statusChanged() {
        mailbox.post(() -> {
            RaftStatus status = peer.status();
            if (status.leader() != null && status.term() != heardTerm) {
                heardTerm = status.term();
                peer.measures().leaderChanges.increment();
                // What the former leader was asked may hang until its timeout.
                asking = 0;
                held.values().forEach(lease -> {
                    lease.retryAt(peer.ticker().nanos());
                    attendTo(lease);
                });
            }
            beat();
        });
    }

    private void end(long id) {
        HeldLease lease = held.remove(id);
        if (lease != null) {
            mailbox.post(() -> over(lease));
        }
    }

    // ---- in the mailbox

    private void over(HeldLease lease) {
        renewals.remove(lease);
        lapses.remove(lease);
        lease.end();
    }

    private void attendTo(HeldLease lease) {
        if (held.get(lease.id()) != lease) {
            return;
        }
        renewals.put(lease, lease.renewAtNanos());
        if (!lease.hasLapsed()) {
            lapses.put(lease, lease.lapsesAtNanos());
        }
    }

    private void beat() {
        long now = peer.ticker().nanos();
        lapses.takeDue(now, Integer.MAX_VALUE).forEach(lease -> lapse(lease, now));
        if (renewals.dueIn(now) <= 0 && asking == 0 && !closed) {
            send(dueSoon(now), now);
        }
        scheduleNext(now);
    }

    private void lapse(HeldLease lease, long now) {
        if (lease.checkLapse(now)) {
            lapses.remove(lease);
            peer.measures().leasesLapsed.increment();
        }
    }

    private List<HeldLease> dueSoon(long now) {
        List<HeldLease> due = renewals.takeDue(now, MAX_PER_MESSAGE);
        long shortest = due.stream()
                .mapToLong(lease -> lease.validity().toNanos())
                .min()
                .orElse(0);
        long soon = shortest / TOGETHER;
        due.addAll(renewals.takeDue(now + soon, MAX_PER_MESSAGE - due.size()));
        return due;
    }

    private void scheduleNext(long now) {
        if (closed || held.isEmpty()) {
            return;
        }
        // A question under way puts off the next one, but not the loss signal.
        long renewal = Math.max(renewals.dueIn(now), asking != 0 ? RETRY_DELAY.toNanos() : 0);
        timer.setWithin(Math.max(Math.min(renewal, lapses.dueIn(now)), 1_000_000));
    }

    private void send(List<HeldLease> due, long sentAt) {
        long question = ++questions;
        peer.measures().keepAlives.increment();
        asking = question;
        List<Long> ids = due.stream().map(HeldLease::id).toList();
        attempt(ids)
                .whenComplete((alive, error) -> mailbox.post(() -> {
                    if (error != null) {
                        peer.measures().keepAlivesFailed.increment();
                    }
                    if (asking == question) {
                        asking = 0;
                    }
                    answered(due, sentAt, alive, error);
                }));
    }

    /** A question that cannot even be asked has failed like any other; the renewals must go on. */
    private CompletableFuture<List<Boolean>> attempt(List<Long> ids) {
        try {
            return ask(ids).thenApply(alive -> checkComplete(ids, alive));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static List<Boolean> checkComplete(List<Long> ids, List<Boolean> alive) {
        if (alive.size() != ids.size()) {
            throw new IllegalStateException(alive.size() + " answers to " + ids.size() + " leases");
        }
        return alive;
    }

    private CompletableFuture<List<Boolean>> ask(List<Long> ids) {
        RaftStatus status = peer.status();
        String leader = status.leader();
        if (leader == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no Raft leader"));
        }
        return status.leading()
                ? keeper.keepAlive(ids)
                : peer.transport()
                        .request(leader, MessageKind.KEEP_ALIVE, encode(ids), peer.requestTimeout())
                        .thenApply(KeepAlive::decodeAnswer);
    }

    private void answered(List<HeldLease> due, long sentAt, @Nullable List<Boolean> alive, @Nullable Throwable error) {
        long now = peer.ticker().nanos();
        // After a pause of this process validity may have passed unnoticed; it must not move on as if it had not.
        due.forEach(lease -> lapse(lease, now));
        for (int i = 0; i < due.size(); i++) {
            HeldLease lease = due.get(i);
            // When the leader does not know it, our own replica may not have reached its grant or its end.
            boolean counts = error == null && alive != null && alive.get(i) && lease.renewed(sentAt);
            if (!counts) {
                lease.retryAt(now + retryDelayNanos(lease));
            }
            attendTo(lease);
        }
        beat();
    }

    private static long retryDelayNanos(HeldLease lease) {
        long wanted = Math.min(lease.validity().toNanos() / RETRIES, LONGEST_RETRY_DELAY.toNanos());
        return Math.max(wanted, RETRY_DELAY.toNanos());
    }

    static byte[] encode(List<Long> ids) {
        Writer out = new Writer(4 + 10 * ids.size()).putNumber(ids.size());
        ids.forEach(out::putNumber);
        return out.toByteArray();
    }

    static List<Long> decode(byte[] question) {
        Reader in = new Reader(question);
        int count = in.getCount();
        List<Long> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(in.getNumber());
        }
        return ids;
    }

    static byte[] encodeAnswer(List<Boolean> alive) {
        Writer out = new Writer(4 + alive.size()).putNumber(alive.size());
        alive.forEach(out::putBoolean);
        return out.toByteArray();
    }

    private static List<Boolean> decodeAnswer(byte[] answer) {
        Reader in = new Reader(answer);
        int count = in.getCount();
        List<Boolean> alive = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            alive.add(in.getBoolean());
        }
        return alive;
    }
}
