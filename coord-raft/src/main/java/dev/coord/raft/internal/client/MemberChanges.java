package dev.coord.raft.internal.client;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.CoordException.Outcome;
import dev.coord.IndeterminateException;
import dev.coord.UnavailableException;
import dev.coord.raft.internal.client.Invitation.Guest;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.internal.transport.PeerAddress;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds and removes members, one at a time: any peer asks the Raft leader, again until it is done, and the leader does it. A
 * change that is done already is done again without effect, so that asking again is safe. One at a time also because Ratis lets
 * a new leader go on with a change of which it has seen the first half only: that is safe if the members differ by one.
 *
 * <p>An id belongs to one data directory for ever: whoever has voted under it and then lost its memory cannot come back as
 * another. So the leader writes id and directory into the log before the newcomer opens its own.
 */
final class MemberChanges {
    private static final Logger log = LoggerFactory.getLogger(MemberChanges.class);
    private static final Duration RETRY = Duration.ofMillis(100);

    private final PeerContext peer;
    private final Replica replica;
    private final Proposer proposer;
    private final TermConfirmation confirmation;
    private final Set<Wish> open = ConcurrentHashMap.newKeySet();

    MemberChanges(PeerContext peer, Replica replica, Proposer proposer, TermConfirmation confirmation) {
        this.peer = peer;
        this.replica = replica;
        this.proposer = proposer;
        this.confirmation = confirmation;
    }

    private static CompletableFuture<Ruling> ruled(Ruling ruling) {
        return CompletableFuture.completedFuture(ruling);
    }

    // ---- at the peer that wants it

    /** A change under way, as the one who wants it sees it. */
    private final class Wish {
        final MemberChange change;
        final CompletableFuture<String> result = new CompletableFuture<>();

        /** Whether an attempt is under way, or has ended so that something may come of it. */
        private volatile boolean uncertain;

        /** What the leader has said last, null if nothing since an attempt failed. */
        private volatile @Nullable Ruling ruling;

        private volatile String last = "no attempt has ended";

        Wish(MemberChange change) {
            this.change = change;
        }

        void attempt() {
            if (result.isDone()) {
                return;
            }
            String leader = peer.status().leader();
            if (leader == null) {
                again(peer.describe());
                return;
            }
            boolean before = uncertain;
            uncertain = true;
            askLeader(leader, change).whenComplete((answer, error) -> {
                if (error != null) {
                    again(String.valueOf(Waiting.unwrap(error).getMessage()));
                } else if (answer.kind() == Ruling.Kind.NOT_NOW) {
                    uncertain = before;
                    ruling = answer;
                    again(answer.why());
                } else if (before && !answer.isDone()) {
                    // What an earlier leader has begun may yet be done.
                    last = answer.why();
                    expire();
                } else {
                    result.complete(answer.why());
                }
            });
        }

        private void again(String why) {
            last = why;
            peer.scheduler().schedule(RETRY, () -> peer.work().execute(this::attempt));
        }

        void expire() {
            String why = change + " did not come about in time; the last attempt: " + last;
            Ruling said = ruling;
            if (uncertain) {
                result.completeExceptionally(new IndeterminateException(why + ". Do it again, or undo it"));
            } else if (said != null) {
                result.complete(said.why());
            } else {
                result.completeExceptionally(new UnavailableException(why));
            }
        }

        void abandon() {
            result.completeExceptionally(
                    new ClosedException(uncertain ? Outcome.UNKNOWN : Outcome.NOT_APPLIED, peer.ending()));
        }
    }

    /** Asks until it is done or refused. Completes with the reason of the refusal, empty if it is done. */
    CompletableFuture<String> change(MemberChange change, Duration timeout) {
        Wish wish = new Wish(change);
        open.add(wish);
        var timer = peer.scheduler().schedule(timeout, () -> peer.work().execute(wish::expire));
        wish.result.whenComplete((refusal, error) -> {
            timer.cancel();
            open.remove(wish);
        });
        if (peer.isClosed()) {
            wish.abandon();
        }
        wish.attempt();
        return wish.result;
    }

    /** Fails all that is under way: no timer would end it any more. */
    void close() {
        open.forEach(Wish::abandon);
    }

    private CompletableFuture<Ruling> askLeader(String leader, MemberChange change) {
        if (leader.equals(peer.self())) {
            return onWorker(() -> perform(change));
        }
        // The leader goes on with what it has begun; a later question finds it done.
        Duration patience = peer.stallTimeout().multipliedBy(2);
        return peer.transport()
                .request(leader, MessageKind.CHANGE_MEMBERS, change.encode(), patience)
                .thenApply(Ruling::decode);
    }

    // ---- at the leader: what follows may wait for the log, and so runs on threads of its own

    private <T> CompletableFuture<T> onWorker(Supplier<CompletableFuture<T>> step) {
        return CompletableFuture.supplyAsync(step, peer.work()).thenCompose(next -> next);
    }

    CompletableFuture<byte[]> answer(byte[] question) {
        MemberChange change = MemberChange.decode(question);
        return onWorker(() -> perform(change)).thenApply(Ruling::encode);
    }

    /** Fails if it is not known what became of it. */
    private CompletableFuture<Ruling> perform(MemberChange change) {
        RaftStatus status = peer.status();
        if (!status.ready() || !status.oldVoters().isEmpty()) {
            return ruled(
                    Ruling.notNow(status.ready() ? "another change of the members is under way" : peer.describe()));
        }
        Set<String> wanted = change.applyTo(status.voters());
        if (wanted.equals(status.voters())) {
            String elsewhere = elsewhere(change);
            return elsewhere.isEmpty() ? commit(status.voters(), wanted) : ruled(Ruling.refused(elsewhere));
        }
        if (wanted.isEmpty()) {
            return ruled(Ruling.refused(change.id() + " is the last member"));
        }
        return change.address() == null ? remove(change, status, wanted) : add(change, status, wanted);
    }

    /** Why a peer cannot be added at an address: it would be looked for at another; nothing if that is not so. */
    private String elsewhere(MemberChange change) {
        PeerAddress address = change.address();
        PeerAddress known = peer.transport().address(change.id()).orElse(address);
        return address == null || address.equals(known)
                ? ""
                : change.id() + " is at " + known + ", by the settings of " + peer.self()
                        + " or as it was added. A machine that moves keeps its id and its directory: give its new address to the"
                        + " others by their settings, and start them anew, one after the other";
    }

    private CompletableFuture<Ruling> commit(Set<String> expected, Set<String> wanted) {
        return peer.node().changeVoters(expected, wanted).thenApply(done -> {
            if (!expected.equals(wanted)) {
                log.info("the members of the cluster are {} now, they were {}", sorted(wanted), sorted(expected));
            }
            return Ruling.DONE;
        });
    }

    private static Set<String> sorted(Set<String> ids) {
        return new TreeSet<>(ids);
    }

    private CompletableFuture<Ruling> add(MemberChange change, RaftStatus status, Set<String> wanted) {
        String id = change.id();
        peer.transport().learn(id, requireNonNull(change.address()));
        String elsewhere = elsewhere(change);
        if (!elsewhere.isEmpty()) {
            return ruled(Ruling.refused(elsewhere));
        }
        // Before the id belongs to the newcomer's directory, and the newcomer to this cluster.
        return ifAlive(change, status, wanted, () -> ask(change, status))
                .thenComposeAsync(
                        ruling -> ruling.isDone() ? bringIn(change, status, wanted) : ruled(ruling), peer.work());
    }

    private CompletableFuture<Ruling> ask(MemberChange change, RaftStatus status) {
        String id = change.id();
        return invite(id, Invitation.ASK)
                .thenApply(guest -> admit(id, guest, status))
                // Nothing has been done yet.
                .exceptionally(error -> ruled(Ruling.notNow(id + " could not be asked at " + change.address() + ": "
                        + Waiting.unwrap(error).getMessage())))
                .thenComposeAsync(ruling -> ruling, peer.work());
    }

    private CompletableFuture<Ruling> bringIn(MemberChange change, RaftStatus status, Set<String> wanted) {
        return invite(change.id(), Invitation.COME)
                .thenComposeAsync(guest -> commitIfAlive(change, status, wanted), peer.work());
    }

    private CompletableFuture<Guest> invite(String id, Invitation invitation) {
        return peer.transport()
                .request(id, MessageKind.INVITE, invitation.encode(), peer.stallTimeout())
                .thenApply(Guest::decode);
    }

    /** Whether it may come; if so, its id and directory are in the log. */
    private CompletableFuture<Ruling> admit(String id, Guest guest, RaftStatus status) {
        boolean ours = guest.directory().equals(replica.view().peers().get(id));
        if (!guest.blank() && !ours) {
            return ruled(Ruling.refused(
                    id + " has a log of its own, perhaps of another cluster: start it with an empty directory"));
        }
        if (guest.term() > status.term()) {
            return ruled(Ruling.notNow(id + " has seen term " + guest.term() + ", later than the Raft leader's"));
        }
        return proposer.issueSessionless(
                        new Command.RegisterPeer(id, guest.directory()),
                        Deadline.after(peer.ticker(), peer.stallTimeout()))
                .future
                .thenApply(done -> guest.directory()
                                .equals(replica.view().peers().get(id))
                        ? Ruling.DONE
                        : Ruling.refused(
                                id + " has taken part with another data directory: restore that, or choose a new id"));
    }

    private CompletableFuture<Ruling> remove(MemberChange change, RaftStatus status, Set<String> wanted) {
        if (!change.id().equals(peer.self())) {
            return commitIfAlive(change, status, wanted);
        }
        // It would have to lead a cluster it is no member of, and nobody would lead for a while after.
        return confirmation
                .agreeing(wanted)
                .thenComposeAsync(
                        alive -> isMajority(alive, wanted) ? handOver(alive) : ruled(tooFew(change, alive, wanted)),
                        peer.work());
    }

    private CompletableFuture<Ruling> handOver(Set<String> alive) {
        return peer.node()
                .handOver(alive)
                .thenApply(done -> Ruling.notNow(peer.self() + " has handed over the lead, to be removed"));
    }

    private CompletableFuture<Ruling> commitIfAlive(MemberChange change, RaftStatus status, Set<String> wanted) {
        return ifAlive(change, status, wanted, () -> commit(status.voters(), wanted));
    }

    /** Members that are no majority could never commit anything again, the return to the former ones included. */
    private CompletableFuture<Ruling> ifAlive(
            MemberChange change, RaftStatus status, Set<String> wanted, Supplier<CompletableFuture<Ruling>> step) {
        Set<String> asked = new TreeSet<>(wanted);
        // A newcomer knows of no term yet; whether it answers shows.
        asked.retainAll(status.voters());
        return confirmation
                .agreeing(asked)
                .thenComposeAsync(
                        agreeing -> {
                            Set<String> alive = new TreeSet<>(wanted);
                            alive.removeAll(asked);
                            alive.addAll(agreeing);
                            return isMajority(alive, wanted) ? step.get() : ruled(tooFew(change, alive, wanted));
                        },
                        peer.work());
    }

    private static boolean isMajority(Set<String> alive, Set<String> wanted) {
        return alive.size() > wanted.size() / 2;
    }

    private static Ruling tooFew(MemberChange change, Set<String> alive, Set<String> wanted) {
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(alive);
        return Ruling.notNow(change + " would leave no majority, as of " + wanted + " these do not answer: " + missing
                + ". Bring back as many as make a majority, and do it again");
    }
}
