package dev.coord.raft.internal.client;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.transport.MessageKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks a majority whether their term is still exactly the leader's.
 *
 * <p>If it is, at some moment after the asking began no later leader had been elected: a later election needs a majority
 * in a later term, and the two majorities share a peer. Ratis's own check can be skipped by it when it must not be
 * (decision 0002), so it is not used.
 */
final class TermConfirmation {
    private final PeerContext peer;

    TermConfirmation(PeerContext peer) {
        this.peer = peer;
    }

    /**
     * Asks now. Completes with the commit index as it was before asking, if this peer led then, leads still, and a majority
     * (during a change of configuration, of both) agreed; otherwise fails.
     */
    CompletableFuture<Long> confirm() {
        RaftStatus before = peer.status();
        if (!before.ready()) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException(peer.self() + " is not a ready Raft leader"));
        }
        Poll poll = new Poll(before);
        poll.ask();
        return poll.result;
    }

    /** Asks some voters; completes, once each has answered or failed to, with those whose term is this peer's. */
    CompletableFuture<Set<String>> agreeing(Set<String> voters) {
        byte[] question = question(peer.status());
        Set<String> agreed = new ConcurrentSkipListSet<>();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (String voter : voters) {
            if (voter.equals(peer.self())) {
                agreed.add(voter);
            } else {
                answers.add(ask(voter, question).thenAccept(agrees -> {
                    if (agrees) {
                        agreed.add(voter);
                    }
                }));
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> agreed);
    }

    private static byte[] question(RaftStatus status) {
        return new Writer(10).putNumber(status.term()).toByteArray();
    }

    private CompletableFuture<Boolean> ask(String voter, byte[] question) {
        return peer.transport()
                .request(voter, MessageKind.CONFIRM_TERM, question, peer.requestTimeout())
                .handle((answer, error) -> error == null && new Reader(answer).getBoolean());
    }

    /** Answers another peer that asks. */
    byte[] answer(byte[] question) {
        long term = new Reader(question).getNumber();
        return new Writer(1).putBoolean(peer.status().term() == term).toByteArray();
    }

    /** One round of asking. */
    private final class Poll {
        private final RaftStatus before;
        private final Set<String> agreed = ConcurrentHashMap.newKeySet();
        private final Set<String> everyone = new TreeSet<>();
        private final AtomicInteger missing;
        final CompletableFuture<Long> result = new CompletableFuture<>();

        Poll(RaftStatus before) {
            this.before = before;
            everyone.addAll(before.voters());
            everyone.addAll(before.oldVoters());
            everyone.remove(peer.self());
            missing = new AtomicInteger(everyone.size());
        }

        void ask() {
            byte[] question = question(before);
            agree(peer.self());
            for (String voter : everyone) {
                TermConfirmation.this.ask(voter, question).thenAccept(agrees -> {
                    if (agrees) {
                        agree(voter);
                    }
                    answered();
                });
            }
        }

        private void agree(String voter) {
            agreed.add(voter);
            if (majority(before.voters()) && majority(before.oldVoters()) && !result.isDone()) {
                RaftStatus after = peer.status();
                if (after.leading() && after.term() == before.term() && sameVoters(after)) {
                    result.complete(before.commitIndex());
                } else {
                    result.completeExceptionally(new IllegalStateException("no longer the Raft leader"));
                }
            }
        }

        private boolean sameVoters(RaftStatus after) {
            return after.voters().equals(before.voters()) && after.oldVoters().equals(before.oldVoters());
        }

        private boolean majority(Set<String> voters) {
            long votes = voters.stream().filter(agreed::contains).count();
            return voters.isEmpty() || votes > voters.size() / 2;
        }

        private void answered() {
            if (missing.decrementAndGet() == 0) {
                result.completeExceptionally(new IllegalStateException("no majority confirmed the Raft leader"));
            }
        }
    }
}
