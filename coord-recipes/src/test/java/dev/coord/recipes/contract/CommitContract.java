package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.LimitExceededException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitCoordinatorBuilder;
import dev.coord.recipes.commit.CommitListener;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.HeuristicOutcomeException;
import dev.coord.recipes.commit.IndeterminateCommitException;
import dev.coord.recipes.commit.MemoryParticipant;
import dev.coord.recipes.commit.MemoryParticipant.State;
import dev.coord.recipes.commit.TransactionAbortedException;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.recipes.commit.TransactionSummary;
import dev.coord.recipes.commit.Vote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two-phase commit, on any cluster. */
abstract class CommitContract extends RecipeContract {
    private final List<CommitCoordinator> coordinators = new ArrayList<>();
    private MemoryParticipant a = new MemoryParticipant();
    private MemoryParticipant b = new MemoryParticipant();
    private MemoryParticipant last = new MemoryParticipant();

    @BeforeEach
    void begin() {
        a = new MemoryParticipant();
        b = new MemoryParticipant();
        last = new MemoryParticipant();
    }

    @AfterEach
    void end() {
        cluster().faults().endAll();
        coordinators.forEach(CommitCoordinator::closeAsync);
        assertThat(a.wrong()).isEmpty();
        assertThat(b.wrong()).isEmpty();
    }

    private CommitCoordinator coordinator(Coord coord, UnaryOperator<CommitCoordinatorBuilder> options) {
        CommitCoordinatorBuilder builder = CommitCoordinator.on(coord, path())
                .participant("a", a)
                .participant("b", b)
                .lastResource("last", last)
                .timeout(Duration.ofSeconds(5))
                .scanInterval(Duration.ofSeconds(1));
        CommitCoordinator coordinator = options.apply(builder).start();
        coordinators.add(coordinator);
        return coordinator;
    }

    private CommitCoordinator coordinator(int peer) {
        return coordinator(coord(peer), options -> options);
    }

    private static GlobalTransaction begin(CommitCoordinator coordinator, String... participants) {
        GlobalTransaction transaction = coordinator.begin();
        for (String participant : participants) {
            transaction.enlist(participant);
        }
        return transaction;
    }

    /** Starts coordinators, and returns what they will have taken over. */
    private List<String> takers(int... peers) {
        List<String> taken = new CopyOnWriteArrayList<>();
        for (int peer : peers) {
            coordinator(
                    coord(peer),
                    options -> options.listener(new CommitListener() {
                        @Override
                        public void onTakenOver(String transaction, TransactionStatus status) {
                            taken.add(transaction);
                        }
                    }));
        }
        return taken;
    }

    private TransactionStatus status(int peer, String id) {
        try (CommitCoordinator other = coordinator(peer)) {
            return await(other.statusAsync(id));
        }
    }

    private void assertBoth(String id, State state) {
        assertThat(a.state(id)).isEqualTo(state);
        assertThat(b.state(id)).isEqualTo(state);
    }

    /** Nothing is under way any more, and participants are in no doubt. */
    private void assertSettled() {
        eventually(
                "no record",
                () -> all(path() + "/~t/").isEmpty() && all(path() + "/~o/").isEmpty());
        assertThat(a.inDoubt()).isEmpty();
        assertThat(b.inDoubt()).isEmpty();
    }

    private static CompletableFuture<Void> never() {
        return new CompletableFuture<>();
    }

    @Test
    void commit_reachesAll_andIsKnownAtEveryPeer() throws Exception {
        GlobalTransaction transaction = begin(coordinator(0), "a", "b");
        transaction.commit();
        assertBoth(transaction.id(), State.COMMITTED);
        assertSettled();
        assertThat(status(1, transaction.id())).isEqualTo(TransactionStatus.COMMITTED);
        assertThat(a.calls()).containsExactly("prepare", "commit");
    }

    @Test
    void payload_isGivenWithEachCall() throws Exception {
        GlobalTransaction transaction = coordinator(0).begin();
        transaction.enlist("a", Value.of("first"));
        assertThat(transaction.enlist("a", Value.of("ten")).payload()).isEqualTo(Value.of("ten"));
        transaction.enlist("b");
        transaction.commit();
        assertThat(a.payloads()).isEqualTo(Map.of("prepare", Value.of("ten"), "commit", Value.of("ten")));
    }

    @Test
    void refusal_abortsAll_andSaysWhy() {
        b.voting(Vote.refused("no funds"));
        GlobalTransaction transaction = begin(coordinator(0), "a", "b");
        assertThat(failure(transaction.commitAsync()))
                .isInstanceOf(TransactionAbortedException.class)
                .hasMessageContaining("b refused: no funds")
                .hasMessageContaining(transaction.id());
        assertBoth(transaction.id(), State.ABORTED);
        assertThat(b.calls()).containsExactly("prepare");
        assertSettled();
        assertThat(status(1, transaction.id())).isEqualTo(TransactionStatus.ABORTED);
    }

    @Test
    void failureToPrepare_abortsAlsoWhomItMayHavePrepared() {
        b.after(call ->
                call.equals("prepare") ? CompletableFuture.failedFuture(new IllegalStateException("lost")) : null);
        GlobalTransaction transaction = begin(coordinator(0), "a", "b");
        assertThat(failure(transaction.commitAsync()))
                .isInstanceOf(TransactionAbortedException.class)
                .hasRootCauseMessage("lost");
        assertBoth(transaction.id(), State.ABORTED);
        assertSettled();
    }

    @Test
    void readOnlyVoter_leavesAfterPhaseOne() throws Exception {
        a.voting(Vote.readOnly());
        GlobalTransaction transaction = begin(coordinator(0), "a", "b");
        transaction.commit();
        assertThat(a.calls()).containsExactly("prepare");
        assertThat(b.calls()).containsExactly("prepare", "commit");
        assertThat(a.calls()).containsExactly("prepare");
        GlobalTransaction nothingWritten = begin(coordinator(0), "a");
        nothingWritten.commit();
        assertSettled();
        assertThat(status(1, nothingWritten.id())).isEqualTo(TransactionStatus.COMMITTED);
    }

    @Test
    void onlyParticipant_commitsInOnePhase() throws Exception {
        GlobalTransaction transaction = begin(coordinator(0), "last");
        transaction.commit();
        assertThat(last.calls()).containsExactly("commitOnePhase");
        assertSettled();
        assertThat(status(1, transaction.id())).isEqualTo(TransactionStatus.COMMITTED);
    }

    @Test
    void lastResource_decidesForAll() throws Exception {
        CommitCoordinator coordinator = coordinator(0);
        GlobalTransaction yes = begin(coordinator, "last", "a", "b");
        yes.commit();
        assertBoth(yes.id(), State.COMMITTED);
        last.voting(Vote.refused(""));
        GlobalTransaction no = begin(coordinator, "a", "last", "b");
        assertThat(failure(no.commitAsync())).hasMessageContaining("last has not committed");
        assertBoth(no.id(), State.ABORTED);
        assertSettled();
    }

    @Test
    void lastResourceThatDoesNotAnswer_isSettled() throws Exception {
        last.after(call -> call.equals("commitOnePhase")
                ? CompletableFuture.failedFuture(new IllegalStateException("lost"))
                : null);
        GlobalTransaction committed = begin(coordinator(0), "last", "a", "b");
        committed.commit();
        assertBoth(committed.id(), State.COMMITTED);
        last.after(call -> null);
        last.before(call -> call.equals("commitOnePhase")
                ? CompletableFuture.failedFuture(new IllegalStateException("lost"))
                : null);
        GlobalTransaction aborted = begin(coordinator(0), "last", "a", "b");
        assertThat(failure(aborted.commitAsync())).isInstanceOf(TransactionAbortedException.class);
        assertBoth(aborted.id(), State.ABORTED);
    }

    @Test
    void lastResourceThatCannotTell_isListed_andTheOthersAbort() {
        last.after(call -> CompletableFuture.failedFuture(
                call.equals("settle")
                        ? new HeuristicException(HeuristicException.Kind.HAZARD, "no mark")
                        : new IllegalStateException("lost")));
        CommitCoordinator coordinator = coordinator(0);
        GlobalTransaction transaction = begin(coordinator, "last", "a");
        assertThat(failure(transaction.commitAsync())).isInstanceOf(HeuristicOutcomeException.class);
        assertThat(a.state(transaction.id())).isEqualTo(State.ABORTED);
        assertThat(await(coordinator.heuristicsAsync())).singleElement().satisfies(outcome -> {
            assertThat(outcome.transaction()).isEqualTo(transaction.id());
            assertThat(outcome.kind()).isEqualTo(HeuristicException.Kind.HAZARD);
        });
        assertSettled();
    }

    @Test
    void participantThatDecidesAlone_isReported_andListedUntilForgotten() throws Exception {
        CommitCoordinator coordinator = coordinator(0);
        GlobalTransaction transaction = begin(coordinator, "a", "b");
        a.before(call -> {
            if (call.equals("commit")) {
                a.decideAlone(transaction.id(), State.ABORTED);
            }
            return null;
        });
        assertThat(failure(transaction.commitAsync()))
                .isInstanceOfSatisfying(
                        HeuristicOutcomeException.class,
                        error -> assertThat(error.outcomes())
                                .singleElement()
                                .satisfies(outcome ->
                                        assertThat(outcome.isContrary()).isTrue()));
        assertThat(await(coordinator(1).heuristicsAsync())).hasSize(1);
        eventually("a may forget it", () -> a.calls().contains("forget"));
        assertSettled();
        assertThat(coordinator.forgetHeuristic(transaction.id(), "a")).isTrue();
        assertThat(coordinator.forgetHeuristic(transaction.id(), "a")).isFalse();
        assertThat(coordinator.heuristics()).isEmpty();
    }

    @Test
    void callThatFails_isMadeAgain_andTheBacklogTells() {
        CommitCoordinator coordinator = coordinator(0);
        boolean[] down = {true};
        b.before(call -> down[0] && call.equals("commit")
                ? CompletableFuture.failedFuture(new IllegalStateException("down"))
                : null);
        GlobalTransaction transaction = begin(coordinator, "a", "b");
        CompletableFuture<Void> commit = transaction.commitAsync();
        eventually("a is told", () -> a.state(transaction.id()) == State.COMMITTED);
        eventually(
                "a trouble",
                () -> coordinator.backlog().stream()
                        .anyMatch(one -> one.trouble().orElse("").contains("down")
                                && one.status() == TransactionStatus.COMMITTING));
        assertThat(coordinator.backlog()).singleElement().satisfies(one -> {
            assertThat(one.pending()).containsExactly("b");
            assertThat(one.here()).isTrue();
        });
        down[0] = false;
        await(commit);
        assertBoth(transaction.id(), State.COMMITTED);
        assertSettled();
        eventually("an empty backlog", () -> coordinator.backlog().isEmpty());
    }

    @Test
    void participantThatHangs_abortsByTime_andGoesOnCostingOthersNothing() {
        CommitCoordinator coordinator = coordinator(coord(0), options -> options.timeout(Duration.ofSeconds(1)));
        CompletableFuture<Void> hanging = never();
        b.before(call -> call.equals("prepare") ? hanging : null);
        GlobalTransaction transaction = begin(coordinator, "a", "b");
        assertThat(failure(transaction.commitAsync()))
                .isInstanceOf(TransactionAbortedException.class)
                .hasMessageContaining("[b");
        assertThat(a.state(transaction.id())).isEqualTo(State.ABORTED);
        hanging.complete(null);
        eventually("b is told after all", () -> b.state(transaction.id()) == State.ABORTED);
        assertSettled();
    }

    @Test
    void coordinatorThatDiesUndecided_isAbortedByAnother() {
        coordinator(1);
        coordinator(2);
        CompletableFuture<Void> hanging = never();
        b.before(call -> call.equals("prepare") ? hanging : null);
        String victim = cluster().ids().get(0);
        CommitCoordinator dying = coordinator(cluster().open(victim, TTL), options -> options);
        GlobalTransaction transaction = begin(dying, "a", "b");
        CompletableFuture<Void> commit = transaction.commitAsync();
        eventually("a is in doubt", () -> a.state(transaction.id()) == State.PREPARED);
        cluster().faults().isolate(victim);
        eventually("a is told", () -> a.state(transaction.id()) == State.ABORTED);
        cluster().faults().heal();
        hanging.complete(null);
        assertThat(failure(commit)).isInstanceOf(TransactionAbortedException.class);
        eventually("b is told", () -> b.state(transaction.id()) == State.ABORTED);
        assertSettled();
    }

    @Test
    void coordinatorThatDiesDecided_isFinishedByAnother() {
        coordinator(1);
        coordinator(2);
        boolean[] dead = {true};
        b.before(call -> dead[0] && call.equals("commit")
                ? CompletableFuture.failedFuture(new IllegalStateException("cut"))
                : null);
        Coord session = cluster().open(cluster().ids().get(0), TTL);
        GlobalTransaction transaction = begin(coordinator(session, options -> options), "a", "b");
        CompletableFuture<Void> commit = transaction.commitAsync();
        eventually("a is told", () -> a.state(transaction.id()) == State.COMMITTED);
        session.close();
        dead[0] = false;
        eventually("b is told", () -> b.state(transaction.id()) == State.COMMITTED);
        assertSettled();
        await(commit);
        assertThat(status(1, transaction.id())).isEqualTo(TransactionStatus.COMMITTED);
    }

    @Test
    void formerCoordinator_isRefusedByToken_andOneOfTwoTakesOver() {
        List<String> takers = takers(1, 2);
        CompletableFuture<Void> late = never();
        AtomicInteger calls = new AtomicInteger();
        b.before(call -> call.equals("commit") && calls.getAndIncrement() == 0 ? late : null);
        String victim = cluster().ids().get(0);
        CommitCoordinator former = coordinator(cluster().open(victim, TTL), options -> options);
        GlobalTransaction transaction = begin(former, "a", "b");
        CompletableFuture<Void> commit = transaction.commitAsync();
        eventually("the first call", () -> calls.get() == 1);
        cluster().faults().isolate(victim);
        eventually("b is told by another", () -> b.state(transaction.id()) == State.COMMITTED);
        late.complete(null);
        eventually("the former is refused", () -> b.calls().contains("commit refused"));
        await(commit); // it was decided, whoever told them
        cluster().faults().heal();
        assertSettled();
        assertThat(takers).containsExactly(transaction.id());
    }

    @Test
    void readOnlyVoter_isNotToldByWhoeverTakesOver() {
        coordinator(1);
        a.voting(Vote.readOnly());
        boolean[] dead = {true};
        CompletableFuture<Void> asked = new CompletableFuture<>();
        b.before(call -> {
            if (!dead[0] || !call.equals("commit")) {
                return null;
            }
            asked.complete(null);
            return CompletableFuture.failedFuture(new IllegalStateException("cut"));
        });
        Coord session = cluster().open(cluster().ids().get(0), TTL);
        GlobalTransaction transaction = begin(coordinator(session, options -> options), "a", "b");
        CompletableFuture<Void> commit = transaction.commitAsync();
        // Not when the record says so: its coordinator may not have heard of it then, and could not tell its caller.
        eventually("b is asked", asked::isDone);
        session.close();
        dead[0] = false;
        eventually("b is told", () -> b.state(transaction.id()) == State.COMMITTED);
        assertSettled();
        await(commit);
        assertThat(a.calls()).containsExactly("prepare");
    }

    /** The record that leaves out who has only read is not the decision: that is the last resource's. */
    @Test
    void coordinatorThatDiesBeforeTheLastResourceHasCommitted_isAbortedByAnother() {
        coordinator(1);
        a.voting(Vote.readOnly());
        CompletableFuture<Void> asked = new CompletableFuture<>();
        last.before(call -> call.equals("commitOnePhase") && asked.complete(null) ? never() : null);
        Coord session = cluster().open(cluster().ids().get(0), TTL);
        GlobalTransaction transaction = begin(coordinator(session, options -> options), "a", "b", "last");
        CompletableFuture<Void> commit = transaction.commitAsync();
        eventually("the last is asked", asked::isDone);
        session.close();
        eventually("b is told", () -> b.state(transaction.id()) == State.ABORTED);
        assertThat(failure(commit)).isInstanceOf(IndeterminateCommitException.class);
        assertThat(last.state(transaction.id())).isNotEqualTo(State.COMMITTED);
        assertSettled();
        assertThat(status(1, transaction.id())).isEqualTo(TransactionStatus.ABORTED);
    }

    @Test
    void sessionThatEnds_endsTheWaitForWhatIsUndecided() {
        coordinator(1);
        b.before(call -> call.equals("prepare") ? never() : null);
        Coord session = cluster().open(cluster().ids().get(0), TTL);
        GlobalTransaction transaction = begin(coordinator(session, options -> options), "a", "b");
        CompletableFuture<Void> commit = transaction.commitAsync();
        eventually("a is in doubt", () -> a.state(transaction.id()) == State.PREPARED);
        long before = cluster().ticker().nanos();
        session.close();
        assertThat(failure(commit))
                .isInstanceOf(TransactionAbortedException.class)
                .hasMessageContaining("aborted: the coordinator");
        assertThat(Duration.ofNanos(cluster().ticker().nanos() - before)).isLessThan(Duration.ofSeconds(4));
        eventually("a is told", () -> a.state(transaction.id()) == State.ABORTED);
    }

    @Test
    void transactionWithoutParticipants_isRefused() {
        GlobalTransaction transaction = coordinator(0).begin();
        assertThatThrownBy(transaction::commitAsync)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no participant is enlisted");
    }

    @Test
    void closedCoordinator_handsOverAtOnce() {
        CommitCoordinator closing = coordinator(0);
        coordinator(1);
        b.before(call -> call.equals("prepare") ? never() : null);
        GlobalTransaction transaction = begin(closing, "a", "b");
        CompletableFuture<Void> commit = transaction.commitAsync();
        eventually("a is in doubt", () -> a.state(transaction.id()) == State.PREPARED);
        closing.close();
        assertThat(failure(commit))
                .isInstanceOf(TransactionAbortedException.class)
                .hasMessageContaining("closed");
        eventually("a is told", () -> a.state(transaction.id()) == State.ABORTED);
        assertSettled();
        assertThatThrownBy(closing::begin).isInstanceOf(ClosedException.class);
    }

    @Test
    void closedCoordinator_leavesNothingOfWhatItHasCommitted() throws Exception {
        List<String> takers = takers(1);
        CommitCoordinator closing = coordinator(0);
        for (int i = 0; i < 3; i++) {
            begin(closing, "a", "b").commit();
        }
        closing.close();
        assertSettled();
        assertThat(a.calls()).containsExactly("prepare", "commit", "prepare", "commit", "prepare", "commit");
        assertThat(takers).isEmpty();
    }

    @Test
    void branchFoundInDoubt_isResolvedByTheRecord() {
        CommitCoordinator coordinator = coordinator(0);
        GlobalTransaction finished = begin(coordinator, "a", "b");
        await(finished.commitAsync());
        // A prepare that was delayed until after the end: nobody but the scan finds it.
        GlobalTransaction givenUp = begin(coordinator, "a");
        await(givenUp.abort());
        b.decideAlone(givenUp.id(), State.PREPARED);
        eventually("b is told", () -> b.state(givenUp.id()) == State.ABORTED);
        assertBoth(finished.id(), State.COMMITTED);
    }

    @Test
    void branchOfALivingCoordinator_isLeftToIt() {
        coordinator(1);
        CompletableFuture<Void> preparing = new CompletableFuture<>();
        CompletableFuture<Void> committing = new CompletableFuture<>();
        List<String> asked = new ArrayList<>();
        b.before(call -> call.equals("prepare") ? preparing : null);
        a.before(call -> {
            synchronized (asked) {
                asked.add(call);
            }
            return call.equals("commit") ? committing : null;
        });
        GlobalTransaction transaction = begin(coordinator(0), "a", "b");
        CompletableFuture<Void> commit = transaction.commitAsync();
        eventually("a is in doubt", () -> a.state(transaction.id()) == State.PREPARED);
        awaitScans(6); // each coordinator has found it in doubt twice, at least
        preparing.complete(null);
        eventually("b is told", () -> b.state(transaction.id()) == State.COMMITTED);
        awaitScans(6);
        // Not later: a scan that has just found it in doubt may tell it again what its coordinator has told it
        // meanwhile.
        synchronized (asked) {
            assertThat(asked).containsExactly("prepare", "commit");
        }
        committing.complete(null);
        await(commit);
        assertSettled();
    }

    private void awaitScans(int more) {
        int now = a.scans();
        eventually("scans", () -> a.scans() >= now + more);
    }

    @Test
    void storeWithoutQuorum_leavesTheCallerUncertain_andTheParticipantsInDoubt_untilItIsBack() {
        String here = cluster().ids().get(0);
        CommitCoordinator coordinator = coordinator(coord(0), options -> options.timeout(Duration.ofSeconds(1)));
        await(begin(coordinator, "a").commitAsync());
        boolean[] cut = {false};
        b.after(call -> {
            if (call.equals("prepare") && !cut[0]) {
                cut[0] = true;
                cluster().faults().isolate(here);
            }
            return null;
        });
        GlobalTransaction transaction = begin(coordinator, "a", "b");
        Throwable error = failure(transaction.commitAsync());
        assertThat(a.state(transaction.id())).isIn(State.PREPARED, State.ABORTED);
        if (error instanceof IndeterminateCommitException unknown) {
            assertThat(unknown.transactionId()).isEqualTo(transaction.id());
            assertBoth(transaction.id(), State.PREPARED);
        } else {
            assertThat(error).isInstanceOf(TransactionAbortedException.class);
        }
        cluster().faults().heal();
        eventually("all are told", () -> a.inDoubt().isEmpty() && b.inDoubt().isEmpty());
        assertThat(a.state(transaction.id())).isEqualTo(b.state(transaction.id()));
        TransactionStatus status = status(1, transaction.id());
        eventually("it has ended", () -> all(path() + "/~t/").isEmpty());
        State state = a.state(transaction.id());
        assertThat(status)
                .isIn(
                        state == State.COMMITTED
                                ? List.of(TransactionStatus.COMMITTING, TransactionStatus.COMMITTED)
                                : List.of(TransactionStatus.ABORTING, TransactionStatus.ABORTED));
    }

    @Test
    void givenUp_tellsTheParticipants_andNeverTouchesTheStore() {
        CommitCoordinator coordinator = coordinator(0);
        GlobalTransaction transaction = begin(coordinator, "a", "b");
        await(transaction.abort());
        assertThat(a.calls()).containsExactly("abort");
        transaction.close();
        assertThatThrownBy(transaction::commitAsync)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("given up before");
        assertThat(all(path() + "/~t/")).isEmpty();
    }

    @Test
    void misuse_isRefused() {
        CommitCoordinator coordinator = coordinator(
                coord(0), options -> options.lastResource("other", last).maxTransactions(1));
        GlobalTransaction transaction = begin(coordinator, "last");
        assertThatThrownBy(() -> transaction.enlist("other"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only one may commit last");
        assertThatThrownBy(() -> transaction.enlist("c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[a, b, last, other]");
        assertThatThrownBy(() -> coordinator.statusAsync("x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CommitCoordinator.on(coord(0), path()).start())
                .isInstanceOf(IllegalStateException.class);
        b.before(call -> never());
        CompletableFuture<Void> first = begin(coordinator, "a", "b").commitAsync();
        GlobalTransaction refused = begin(coordinator, "a");
        assertThat(failure(refused.commitAsync())).isInstanceOf(LimitExceededException.class);
        eventually("told", () -> a.state(refused.id()) == State.ABORTED);
        assertThat(first).isNotDone();
    }

    @Test
    void manyAtOnce_allEnd() {
        List<CommitCoordinator> all = List.of(coordinator(0), coordinator(1), coordinator(2));
        List<GlobalTransaction> transactions = new ArrayList<>();
        CompletableFuture<?>[] commits = new CompletableFuture<?>[90];
        for (int i = 0; i < commits.length; i++) {
            transactions.add(begin(all.get(i % 3), "a", "b"));
            commits[i] = transactions.get(i).commitAsync();
        }
        await(CompletableFuture.allOf(commits));
        transactions.forEach(one -> assertBoth(one.id(), State.COMMITTED));
        assertSettled();
        for (CommitCoordinator one : all) {
            eventually("an empty backlog", () -> one.backlog().isEmpty());
        }
        assertThat(all.get(0).backlog()).extracting(TransactionSummary::id).isEmpty();
    }

    private void awaitRecordOf(String... participants) {
        Set<String> wanted = Set.of(participants);
        CommitCoordinator observer = coordinator(2);
        eventually(
                "the record",
                () -> observer.backlog().stream()
                        .anyMatch(summary -> Set.copyOf(summary.pending()).equals(wanted)));
    }

    @Test
    void begunWithItsParticipants_hasItsRecordBeforeItCommits() throws Exception {
        GlobalTransaction transaction = coordinator(0).begin("a", "b");
        awaitRecordOf("a", "b");
        long written = revision();
        assertThat(a.calls()).isEmpty();
        transaction.commit();
        assertBoth(transaction.id(), State.COMMITTED);
        assertSettled();
        assertThat(revision() - written).as("the decision and the end").isEqualTo(2);
        assertThat(status(1, transaction.id())).isEqualTo(TransactionStatus.COMMITTED);
    }

    @Test
    void begunWithPayloads_writesItsRecordOnce_andTellsThem() throws Exception {
        GlobalTransaction transaction = coordinator(0).begin(Map.of("a", Value.of("ten"), "b", Value.of("twenty")));
        awaitRecordOf("a", "b");
        long written = revision();
        transaction.commit();
        assertBoth(transaction.id(), State.COMMITTED);
        assertSettled();
        assertThat(revision() - written).as("the decision and the end").isEqualTo(2);
        assertThat(a.payloads()).isEqualTo(Map.of("prepare", Value.of("ten"), "commit", Value.of("ten")));
        assertThat(b.payloads()).isEqualTo(Map.of("prepare", Value.of("twenty"), "commit", Value.of("twenty")));
    }

    private long revision() {
        return await(coord(0).kv().rangeAsync(RangeQuery.of(KeyRange.key(path())), Consistency.linearizable()))
                .revision();
    }

    @Test
    void enlistedAfterTheBeginning_isInTheRecordBeforeItIsAsked() {
        coordinator(1);
        b.before(call -> call.equals("prepare") ? never() : null);
        Coord session = cluster().open(cluster().ids().get(0), TTL);
        GlobalTransaction transaction = coordinator(session, options -> options).begin("a");
        awaitRecordOf("a");
        transaction.enlist("b", Value.of("ten"));
        CompletableFuture<Void> commit = transaction.commitAsync();
        eventually("a is in doubt", () -> a.state(transaction.id()) == State.PREPARED);
        awaitRecordOf("a", "b");
        session.close();
        eventually("b is told", () -> b.state(transaction.id()) == State.ABORTED);
        assertThat(failure(commit)).isInstanceOf(TransactionAbortedException.class);
        assertSettled();
    }

    @Test
    void begunWithItsParticipants_andGivenUp_leavesNothing() {
        CommitCoordinator coordinator = coordinator(0);
        GlobalTransaction atOnce = coordinator.begin("a", "b");
        await(atOnce.abort());
        assertThat(a.calls()).containsExactly("abort");
        GlobalTransaction later = coordinator.begin("a");
        awaitRecordOf("a");
        later.enlist("b");
        await(later.abort());
        assertThat(b.calls()).containsExactly("abort", "abort");
        assertSettled();
        assertThat(status(1, later.id())).isEqualTo(TransactionStatus.ABORTED);
    }

    @Test
    void begunWithItsParticipants_isAbortedIfItDoesNotCommitInTime() {
        CommitCoordinator coordinator = coordinator(coord(0), options -> options.timeout(Duration.ofMillis(500)));
        GlobalTransaction transaction = coordinator.begin("a", "b");
        eventually("a is told", () -> a.calls().contains("abort"));
        assertThatThrownBy(() -> transaction.enlist("last"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was aborted");
        assertThat(failure(transaction.commitAsync()))
                .isInstanceOf(TransactionAbortedException.class)
                .hasMessageContaining("not handed over to commit within PT0.5S");
        eventually("whoever came late is told too", () -> last.calls().contains("abort"));
        assertSettled();
        assertThat(a.calls()).containsOnly("abort");
    }

    @Test
    void begunWithItsParticipants_isTakenOverWhenItsCoordinatorCloses() {
        CommitCoordinator closing = coordinator(0);
        coordinator(1);
        GlobalTransaction transaction = closing.begin("a", "b");
        awaitRecordOf("a", "b");
        closing.close();
        assertThat(failure(transaction.commitAsync()))
                .isInstanceOf(TransactionAbortedException.class)
                .hasMessageContaining("closed");
        assertSettled();
        assertThat(a.state(transaction.id())).isEqualTo(State.ABORTED);
    }
}
