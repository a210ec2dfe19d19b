package dev.coord.raft.internal.client;

import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Effect;
import dev.coord.raft.internal.store.View;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a peer does now and then: it makes its data directory known to the others, and as the Raft leader has old history
 * compacted. Revisions found at the beginning of a leadership count as new. While nothing happens and nothing ages it rests.
 */
final class Housekeeping implements Replica.Listener {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final int SAMPLES = 64;

    /** Bounds how long one compaction holds up the log. */
    private static final long MAX_COMPACTED_AT_ONCE = 16_384;

    private final PeerContext peer;
    private final Replica replica;
    private final Proposer proposer;
    private final String directory;
    private final ClientLimits limits;
    private final Mailbox mailbox;
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private final AtomicBoolean stirred = new AtomicBoolean();
    private final MailboxTimer timer;
    private long agedUpTo;
    private boolean compacting;
    private boolean registering;
    private boolean closed;

    Housekeeping(PeerContext peer, Replica replica, Proposer proposer, String directory, ClientLimits limits) {
        this.peer = peer;
        this.replica = replica;
        this.proposer = proposer;
        this.directory = directory;
        this.limits = limits;
        this.mailbox = new Mailbox(peer.work());
        this.timer = new MailboxTimer(peer, mailbox, this::tick);
    }

    /** The revision at a reading of the clock. */
    private record Sample(long nanos, long revision) {}

    void start() {
        replica.addListener(this);
        mailbox.post(this::tick);
    }

    @Override
    public void advanced(View view, List<Effect> effects) {
        stir();
    }

    @Override
    public void statusChanged() {
        stir();
    }

    private void stir() {
        if (!stirred.get() && stirred.compareAndSet(false, true)) {
            mailbox.post(() -> tickIn(INTERVAL.toNanos()));
        }
    }

    private void tickIn(long nanos) {
        if (!closed) {
            timer.setWithin(nanos);
        }
    }

    void close() {
        mailbox.run(() -> closed = true);
    }

    private void tick() {
        stirred.set(false);
        if (closed) {
            return;
        }
        RaftStatus status = peer.status();
        View view = replica.view();
        if (status.leader() != null && view.peers().get(peer.self()) == null && !registering) {
            registering = true;
            issue(new Command.RegisterPeer(peer.self(), directory), () -> registering = false);
        }
        if (status.ready()) {
            compact(view);
            tickWhenAged(view);
        } else {
            samples.clear();
            agedUpTo = 0;
        }
    }

    /** The next sample is due, or the oldest is too old, without anything else happening. */
    private void tickWhenAged(View view) {
        Sample oldest = samples.peek();
        Sample latest = samples.peekLast();
        if (oldest != null && latest != null) {
            long due = oldest.nanos() + limits.historyAge().toNanos();
            if (latest.revision() != view.revision()) {
                due = Math.min(due, latest.nanos() + sampleInterval());
            }
            tickIn(Math.max(due - peer.ticker().nanos(), 0) + INTERVAL.toNanos());
        }
    }

    private long sampleInterval() {
        return limits.historyAge().toNanos() / SAMPLES;
    }

    private void compact(View view) {
        sample(view.revision());
        if (compacting) {
            return;
        }
        long upTo = Math.max(aged(view.compactRevision()), view.revision() - limits.historyRevisions());
        upTo = Math.max(upTo, heavy(view));
        upTo = Math.min(upTo, view.compactRevision() + MAX_COMPACTED_AT_ONCE);
        if (upTo > view.compactRevision()) {
            compacting = true;
            issue(new Command.Compact(upTo), () -> compacting = false);
        }
    }

    /** The revision up to which the history must go for the rest to fit its memory. */
    private long heavy(View view) {
        long[] excess = {view.historyBytes() - limits.historyBytes()};
        long[] upTo = {view.compactRevision()};
        if (excess[0] > 0) {
            view.history().forEach(0, view.compactRevision() + MAX_COMPACTED_AT_ONCE, (number, revision) -> {
                excess[0] -= revision.bytes();
                upTo[0] = number;
                return excess[0] > 0;
            });
        }
        return upTo[0];
    }

    private void sample(long revision) {
        long now = peer.ticker().nanos();
        Sample last = samples.peekLast();
        if (last == null || (revision != last.revision() && now - last.nanos() >= sampleInterval())) {
            samples.add(new Sample(now, revision));
        }
    }

    /** The latest revision that is older than the history's age. */
    private long aged(long compacted) {
        long now = peer.ticker().nanos();
        while (!samples.isEmpty()
                && now - samples.peek().nanos() > limits.historyAge().toNanos()) {
            agedUpTo = samples.poll().revision();
        }
        return Math.max(agedUpTo, compacted);
    }

    private void issue(Command command, Runnable afterwards) {
        proposer.issueSessionless(command, Deadline.after(peer.ticker(), peer.requestTimeout()))
                .future
                .whenComplete((result, error) -> mailbox.post(() -> {
                    afterwards.run();
                    tickIn(INTERVAL.toNanos());
                }));
    }
}
