package dev.coord.raft;

import dev.coord.raft.internal.client.PeerCore;
import dev.coord.raft.internal.client.PeerCore.Acquaintance;
import dev.coord.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the other peers, before a peer with a new directory takes part, whether they know it by another one.
 *
 * <p>A peer that has taken part is registered in the log of a majority, itself perhaps among them. So it takes the word of
 * so many others that one of them is of any such majority: of {@code n} peers, {@code n - n/2} others. If none of those
 * takes part, it takes all others: the very first start needs everybody, else new peers could begin a cluster beside one that
 * is there and does not answer. A cluster that is there already, and knows of no such member,
 * does not welcome it: there it has to be added.
 */
final class Acquaintances {
    private static final Duration RETRY = Duration.ofMillis(100);

    private final PeerCore core;
    private final Scheduler scheduler;
    private final String directory;
    private final Set<String> others;
    private final int needed;
    private final Set<String> strangers = ConcurrentHashMap.newKeySet();
    private volatile boolean expected;
    private final Set<String> closed = ConcurrentHashMap.newKeySet();
    private final Set<String> undecided = ConcurrentHashMap.newKeySet();

    /** Completes with true once enough others say that the peer is new, with false once one knows it otherwise. */
    final CompletableFuture<Boolean> welcome = new CompletableFuture<>();

    Acquaintances(PeerCore core, Scheduler scheduler, String directory, String self, Set<String> members) {
        this.core = core;
        this.scheduler = scheduler;
        this.directory = directory;
        this.others = new TreeSet<>(members);
        this.others.remove(self);
        this.needed = members.size() == 1 ? 0 : members.size() - members.size() / 2;
    }

    /** Asks everyone who has not answered, and again after a while, until enough have. Returns the first round. */
    CompletableFuture<Void> ask() {
        if (needed == 0) {
            welcome.complete(true);
        }
        List<CompletableFuture<?>> round = new ArrayList<>();
        for (String other : missing()) {
            round.add(core.identifyTo(other, directory).handle((answer, error) -> {
                if (error == null) {
                    answered(other, answer);
                }
                return null;
            }));
        }
        return CompletableFuture.allOf(round.toArray(CompletableFuture[]::new)).thenRun(() -> {
            if (!welcome.isDone()) {
                scheduler.schedule(RETRY, this::ask);
            }
        });
    }

    /** Whether someone who takes part has been reached and will know soon. */
    boolean expectsAnswer() {
        return !undecided.isEmpty() && !welcome.isDone();
    }

    private void answered(String other, Acquaintance acquaintance) {
        if (acquaintance == Acquaintance.NOT_YET_KNOWN) {
            undecided.add(other);
        } else if (acquaintance == Acquaintance.OTHER_DIRECTORY) {
            welcome.complete(false);
        } else if (acquaintance == Acquaintance.NOT_A_MEMBER) {
            // Its cluster is there already; this peer takes part once it is added to it, and must not begin another.
            closed.add(other);
        } else {
            strangers.add(other);
            if (acquaintance != Acquaintance.UNKNOWN) {
                expected = true;
            }
            if (closed.isEmpty() && (expected ? strangers.size() >= needed : strangers.size() == others.size())) {
                welcome.complete(true);
            }
        }
    }

    /** Who has not answered yet. */
    Set<String> missing() {
        Set<String> missing = new TreeSet<>(others);
        missing.removeAll(strangers);
        missing.removeAll(closed);
        return missing;
    }

    /** Stops asking. */
    void cancel() {
        welcome.cancel(false);
    }
}
