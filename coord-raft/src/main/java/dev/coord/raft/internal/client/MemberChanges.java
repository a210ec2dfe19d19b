package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import dev.coord.IndeterminateException;
import dev.coord.UnavailableException;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Adds and removes members, one at a time: any peer asks the Raft leader, again until it is done, and the leader does it. A
 * change that is done already is done again without effect, so that asking again is safe.
 *
 * <p>An id belongs to one data directory for ever: whoever has voted under it and then lost its memory cannot come back as
 * another. So the leader writes id and directory into the log before the newcomer may vote.
 */
final class MemberChanges {
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final String DONE = "";

    private final PeerContext peer;
    private final Replica replica;
    private final Proposer proposer;
    private final TermConfirmation confirmation;

    MemberChanges(PeerContext peer, Replica replica, Proposer proposer, TermConfirmation confirmation) {
        this.peer = peer;
        this.replica = replica;
        this.proposer = proposer;
        this.confirmation = confirmation;
    }

    // ---- at the peer that wants it

    /** A change under way, as the one who wants it sees it. */
    private final class Wish {
        final MemberChange change;
        final Deadline deadline;
        final CompletableFuture<String> result = new CompletableFuture<>();
        boolean sent;

        Wish(MemberChange change, Deadline deadline) {
            this.change = change;
            this.deadline = deadline;
        }

        void attempt() {
            askLeader(this).whenComplete((refusal, error) -> {
                if (error == null) {
                    result.complete(refusal);
                } else {
                    again(Waiting.unwrap(error));
                }
            });
        }

        private void again(Throwable error) {
            if (peer.isClosed() || deadline.remainingNanos() <= RETRY.toNanos()) {
                String why = change + " did not come about in time; the last attempt: " + error.getMessage();
                result.completeExceptionally(
                        sent
                                ? new IndeterminateException(why + ". Look at the members, or do it again")
                                : new UnavailableException(why, error));
                return;
            }
            peer.scheduler().schedule(RETRY, () -> peer.work().execute(this::attempt));
        }
    }

    /** Asks until it is done or refused. Completes with the reason of the refusal, empty if it is done. */
    CompletableFuture<String> change(MemberChange change, Deadline deadline) {
        Wish wish = new Wish(change, deadline);
        wish.attempt();
        return wish.result;
    }

    private CompletableFuture<String> askLeader(Wish wish) {
        try {
            return ask(wish);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<String> ask(Wish wish) {
        RaftStatus status = peer.status();
        String leader = status.leader();
        if (leader == null) {
            return CompletableFuture.failedFuture(new IllegalStateException(peer.describe()));
        }
        wish.sent = true;
        if (status.leading()) {
            return perform(wish.change);
        }
        // The leader goes on with what it has begun; a later question finds it done.
        Duration patience = peer.stallTimeout().multipliedBy(2);
        return peer.transport()
                .request(leader, MessageKind.CHANGE_MEMBERS, wish.change.encode(), patience)
                .thenApply(answer -> new Reader(answer).getText());
    }

    // ---- at the leader

    CompletableFuture<byte[]> answer(byte[] question) {
        return perform(MemberChange.decode(question))
                .thenApply(refusal -> new Writer(64).putText(refusal).toByteArray());
    }

    /** Completes with the reason of a refusal, empty if it is done; fails if it may be tried again. */
    private CompletableFuture<String> perform(MemberChange change) {
        RaftStatus status = peer.status();
        if (!status.ready() || !status.oldVoters().isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    status.ready() ? "another change of the members is under way" : peer.describe()));
        }
        Set<String> wanted = change.applyTo(status.voters());
        if (wanted.equals(status.voters())) {
            return commit(status.voters(), wanted);
        }
        if (wanted.isEmpty()) {
            return refuse(change.id() + " is the last member");
        }
        return change.address() == null ? remove(change, status, wanted) : add(change, status, wanted);
    }

    private static CompletableFuture<String> refuse(String why) {
        return CompletableFuture.completedFuture(why);
    }

    private CompletableFuture<String> commit(Set<String> expected, Set<String> wanted) {
        return peer.node().changeVoters(expected, wanted).thenApply(done -> DONE);
    }

    private CompletableFuture<String> add(MemberChange change, RaftStatus status, Set<String> wanted) {
        String id = change.id();
        peer.transport().learn(id, requireNonNull(change.address()));
        return peer.transport()
                .request(id, MessageKind.INVITE, new byte[0], peer.stallTimeout())
                .thenApply(answer -> new Reader(answer).getText())
                .thenCompose(directory -> register(id, directory))
                .thenCompose(refusal -> refusal.isEmpty() ? commitIfAlive(change, status, wanted) : refuse(refusal));
    }

    private CompletableFuture<String> register(String id, String directory) {
        return proposer.issueSessionless(
                        new Command.RegisterPeer(id, directory), Deadline.after(peer.ticker(), peer.stallTimeout()))
                .future
                .thenApply(done -> directory.equals(replica.view().peers().get(id))
                        ? DONE
                        : id + " has taken part with another data directory: restore that, or choose a new id");
    }

    private CompletableFuture<String> remove(MemberChange change, RaftStatus status, Set<String> wanted) {
        if (!change.id().equals(peer.self())) {
            return commitIfAlive(change, status, wanted);
        }
        // It would have to lead a cluster it is no member of, and nobody would lead for a while after.
        return confirmation
                .agreeing(wanted)
                .thenCompose(
                        alive -> isMajority(alive, wanted) ? handOver(alive) : refuse(tooFew(change, alive, wanted)));
    }

    private CompletableFuture<String> handOver(Set<String> alive) {
        return peer.node()
                .handOver(alive.iterator().next())
                .thenCompose(done -> CompletableFuture.failedFuture(
                        new IllegalStateException(peer.self() + " has handed over the lead, to be removed")));
    }

    /** A majority that does not answer could never commit anything again, the return to the former members included. */
    private CompletableFuture<String> commitIfAlive(MemberChange change, RaftStatus status, Set<String> wanted) {
        Set<String> asked = new TreeSet<>(wanted);
        // A newcomer knows of no term yet; it has just answered.
        asked.retainAll(status.voters());
        return confirmation.agreeing(asked).thenCompose(agreeing -> {
            Set<String> alive = new TreeSet<>(wanted);
            alive.removeAll(asked);
            alive.addAll(agreeing);
            return isMajority(alive, wanted) ? commit(status.voters(), wanted) : refuse(tooFew(change, alive, wanted));
        });
    }

    private static boolean isMajority(Set<String> alive, Set<String> wanted) {
        return alive.size() > wanted.size() / 2;
    }

    private static String tooFew(MemberChange change, Set<String> alive, Set<String> wanted) {
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(alive);
        return change + " would leave no majority, as of " + wanted + " these do not answer: " + missing
                + ". Bring them back first, or remove them";
    }
}
