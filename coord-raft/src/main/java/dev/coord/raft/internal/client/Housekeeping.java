package dev.coord.raft.internal.client;

import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.View;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * What a peer does now and then: it makes its data directory known to the others, and as the Raft leader has old history
 * compacted. Revisions found at the beginning of a leadership count as new.
 */
final class Housekeeping {
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
    }

    /** The revision at a reading of the clock. */
    private record Sample(long nanos, long revision) {}

    void start() {
        mailbox.post(this::tick);
    }

    void close() {
        mailbox.run(() -> closed = true);
    }

    private void tick() {
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
        } else {
            samples.clear();
        }
        peer.scheduler().schedule(INTERVAL, () -> mailbox.post(this::tick));
    }

    private void compact(View view) {
        sample(view.revision());
        long upTo = Math.max(aged(view.compactRevision()), view.revision() - limits.historyRevisions());
        upTo = Math.max(upTo, heavy(view));
        upTo = Math.min(upTo, view.compactRevision() + MAX_COMPACTED_AT_ONCE);
        if (!compacting && upTo > view.compactRevision()) {
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
        if (last == null || now - last.nanos() >= limits.historyAge().toNanos() / SAMPLES) {
            samples.add(new Sample(now, revision));
        }
    }

    /** The latest revision that is older than the history's age. */
    private long aged(long compacted) {
        long now = peer.ticker().nanos();
        long aged = compacted;
        while (!samples.isEmpty()
                && now - samples.peek().nanos() > limits.historyAge().toNanos()) {
            aged = samples.poll().revision();
        }
        return aged;
    }

    private void issue(Command command, Runnable afterwards) {
        proposer.issueSessionless(command, Deadline.after(peer.ticker(), peer.requestTimeout()))
                .future
                .whenComplete((result, error) -> mailbox.post(afterwards));
    }
}
