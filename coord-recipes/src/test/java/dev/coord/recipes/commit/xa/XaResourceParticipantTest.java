package dev.coord.recipes.commit.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.HeuristicException.Kind;
import dev.coord.recipes.commit.Vote;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import javax.transaction.xa.XAException;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a participant makes of each answer that XA has, and which calls it makes. */
class XaResourceParticipantTest {
    private final Queue<ScriptedResource> recoveries = new ArrayDeque<>();
    private final List<ScriptedResource> all = new ArrayList<>();
    private final XaResourceParticipant participant =
            XaResourceParticipant.of("broker", "/commit/test", () -> recoveries.remove());

    @AfterEach
    void allSessionsWereClosedOnce() {
        participant.close();
        assertThat(recoveries).isEmpty();
        for (ScriptedResource resource : all) {
            assertThat(resource.calls).containsOnlyOnce("close").last().isEqualTo("close");
        }
    }

    private ScriptedResource resource() {
        ScriptedResource resource = new ScriptedResource();
        all.add(resource);
        return resource;
    }

    private ScriptedResource recovery() {
        ScriptedResource resource = resource();
        recoveries.add(resource);
        return resource;
    }

    private static Branch branch(long token) {
        return new Branch("t1", "broker", token, Value.EMPTY);
    }

    private static BranchXid xid() {
        return XidSpace.of("broker", "/commit/test").xid("t1");
    }

    private void enlist(ScriptedResource resource) throws XAException {
        participant.enlist(new OneTransaction("t1"), resource);
    }

    private void enlistAndPrepare(ScriptedResource resource) throws Exception {
        enlist(resource);
        assertThat(participant.prepare(branch(1))).isEqualTo(Vote.prepared());
    }

    @Test
    void preparedAndCommitted_makesTheCallsOfXaInOrder() throws Exception {
        ScriptedResource resource = resource();
        enlistAndPrepare(resource);
        participant.commit(branch(1));

        assertThat(resource.calls).containsExactly("start", "end", "prepare", "commit", "close");
        assertThat(resource.started).isEqualTo(xid());
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void givenUp_isFailedAndRolledBack() throws Exception {
        ScriptedResource resource = resource();
        enlist(resource);
        participant.abort(branch(0));

        assertThat(resource.calls).containsExactly("start", "fail", "rollback", "close");
    }

    @Test
    void givenUp_whileRollingBackFails_isClosedWhichUndoesIt() throws Exception {
        ScriptedResource resource =
                resource().failing("fail", XAException.XA_RBROLLBACK).failing("rollback", XAException.XAER_RMFAIL);
        enlist(resource);
        participant.abort(branch(0));

        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void readOnly_isReleasedAtOnce() throws Exception {
        ScriptedResource resource = resource().voting(XAException.XA_RDONLY);
        enlist(resource);

        assertThat(participant.prepare(branch(1))).isEqualTo(Vote.readOnly());
        assertThat(resource.calls).containsExactly("start", "end", "prepare", "close");
        assertThat(participant.openBranches()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"end", "prepare"})
    void rolledBackByTheResource_refuses(String method) throws Exception {
        ScriptedResource resource = resource().failing(method, XAException.XA_RBDEADLOCK);
        enlist(resource);

        assertThat(participant.prepare(branch(1)))
                .isEqualTo(Vote.refused("participant broker has rolled back: XA error XA_RBDEADLOCK"));
        assertThat(resource.calls).endsWith(method, "rollback", "close");
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void prepareWithUnknownEffect_isEndedThroughAnotherSession() throws Exception {
        enlist(resource().failing("prepare", XAException.XAER_RMFAIL));
        assertThatThrownBy(() -> participant.prepare(branch(1))).isInstanceOf(XAException.class);

        recovery();
        assertThat(participant.recover()).as("perhaps prepared").containsExactly("t1");
        ScriptedResource second = recovery();
        second.inDoubt.add(xid());
        participant.abort(branch(1));

        assertThat(second.calls).containsExactly("recover", "rollback", "close");
        assertThat(participant.openBranches()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"XA_HEURCOM,7,COMMITTED", "XA_HEURRB,6,ABORTED", "XA_HEURMIX,5,MIXED", "XA_HEURHAZ,8,HAZARD"})
    void heuristicOutcome_isReported_andForgottenWhenAskedTo(String name, int code, Kind kind) throws Exception {
        for (String method : List.of("commit", "rollback")) {
            ScriptedResource resource = resource().failing(method, code);
            enlistAndPrepare(resource);

            assertThatThrownBy(() -> end(method.equals("commit")))
                    .isInstanceOfSatisfying(
                            HeuristicException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                    .hasMessageEndingWith("was decided by the resource alone: XA error " + name);
            assertThat(resource.calls).containsExactly("start", "end", "prepare", method, "close");
            assertThat(participant.openBranches()).isZero();
            ScriptedResource later = recovery();
            later.inDoubt.add(xid());
            participant.forget(branch(1));
            assertThat(later.calls).containsExactly("recover", "forget", "close");
            ScriptedResource none = recovery();
            participant.forget(branch(1));
            assertThat(none.calls).containsExactly("recover", "close");
        }
    }

    private void end(boolean commit) throws Exception {
        if (commit) {
            participant.commit(branch(1));
        } else {
            participant.abort(branch(1));
        }
    }

    @Test
    void rolledBackAfterPrepare_isHeuristicForCommitAndFineForAbort() throws Exception {
        enlistAndPrepare(resource().failing("commit", XAException.XA_RBTIMEOUT));
        assertThatThrownBy(() -> participant.commit(branch(1)))
                .isInstanceOfSatisfying(
                        HeuristicException.class, e -> assertThat(e.kind()).isEqualTo(Kind.ABORTED))
                .hasMessageContaining("XA_RBTIMEOUT");

        enlistAndPrepare(resource().failing("rollback", XAException.XA_RBTIMEOUT));
        participant.abort(branch(1));
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void retry_keepsTheSession() throws Exception {
        ScriptedResource resource = resource().failing("commit", XAException.XA_RETRY);
        enlistAndPrepare(resource);

        assertThatThrownBy(() -> participant.commit(branch(1))).isInstanceOf(XAException.class);
        participant.commit(branch(1));

        assertThat(resource.calls).containsExactly("start", "end", "prepare", "commit", "commit", "close");
    }

    @Test
    void failedCommit_isTriedAgainThroughAnotherSession() throws Exception {
        enlistAndPrepare(resource().failing("commit", XAException.XAER_RMFAIL));
        assertThatThrownBy(() -> participant.commit(branch(1))).isInstanceOf(XAException.class);

        ScriptedResource broken = recovery().failing("recover", XAException.XAER_RMFAIL);
        assertThatThrownBy(() -> participant.commit(branch(1))).isInstanceOf(XAException.class);
        ScriptedResource second = recovery();
        second.inDoubt.add(xid());
        participant.commit(branch(1));

        assertThat(broken.calls).containsExactly("recover", "close");
        assertThat(second.calls).containsExactly("recover", "commit", "close");
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void failedCommitThatHadItsEffect_isDone() throws Exception {
        enlistAndPrepare(resource().failing("commit", XAException.XAER_RMERR));
        assertThatThrownBy(() -> participant.commit(branch(1))).isInstanceOf(XAException.class);

        recovery();
        assertThatCode(() -> participant.commit(branch(1))).doesNotThrowAnyException();
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void unknownBranch_isAHazardForTheAttemptThatPreparedIt() throws Exception {
        enlistAndPrepare(resource().failing("commit", XAException.XAER_NOTA));
        assertThatThrownBy(() -> participant.commit(branch(1)))
                .isInstanceOfSatisfying(
                        HeuristicException.class, e -> assertThat(e.kind()).isEqualTo(Kind.HAZARD));

        enlistAndPrepare(resource().failing("commit", XAException.XAER_NOTA));
        participant.commit(branch(2));
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void branchOfAnotherProcess_isEndedThroughASessionOfItsOwn() throws Exception {
        ScriptedResource resource = recovery();
        resource.inDoubt.add(xid());
        participant.commit(branch(7));

        assertThat(resource.calls).containsExactly("recover", "commit", "close");
    }

    @Test
    void branchesOfOthersListed_areNeitherEndedNorTakenForTheOwn() throws Exception {
        ScriptedResource resource = recovery();
        resource.inDoubt.add(XidSpace.of("broker", "/commit/other").xid("t1"));
        resource.inDoubt.add(XidSpace.of("broker", "/commit/test").xid("t2"));
        participant.commit(branch(7));

        assertThat(resource.calls).containsExactly("recover", "close");
    }

    @Test
    void callsAtOnce_oneIsToldToAskAgain() throws Exception {
        List<Throwable> refused = new ArrayList<>();
        Runnable others = () -> {
            for (boolean commit : List.of(true, false)) {
                try {
                    end(commit);
                } catch (Exception e) {
                    refused.add(e);
                }
            }
        };
        ScriptedResource resource = resource().during("prepare", others).during("commit", others);
        enlistAndPrepare(resource);
        participant.commit(branch(1));

        assertThat(refused)
                .hasSize(4)
                .allSatisfy(e -> assertThat(e)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("is TAKEN: another call is at work on it"));
        assertThat(resource.calls).containsExactly("start", "end", "prepare", "commit", "close");
    }

    @Test
    void abortWhileTheBranchIsBegun_undoesItAfterwards() throws Exception {
        ScriptedResource resource = resource();
        resource.during("start", () -> {
            try {
                participant.abort(branch(0));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            assertThat(resource.calls).containsExactly("start");
        });

        assertThatThrownBy(() -> enlist(resource))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("transaction t1 was given up meanwhile");
        assertThat(resource.calls).containsExactly("start", "fail", "rollback", "close");
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void startThatFails_leavesNothing() {
        ScriptedResource resource = resource().failing("start", XAException.XAER_DUPID);

        assertThatThrownBy(() -> enlist(resource)).isInstanceOf(XAException.class);
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void secondSession_isRefusedAndClosed() throws Exception {
        enlist(resource());

        assertThatThrownBy(() -> enlist(resource()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("t1 has a branch at broker that cannot be had now: it has a session");
        assertThat(participant.openBranches()).isOne();
    }

    @Test
    void resourceThatListsNothingAtAll_hasNothingInDoubt() throws Exception {
        recovery().listingNull();

        assertThat(participant.recover()).isEmpty();
    }

    @Test
    void closed_leavesWhatIsPreparedToTheResource() throws Exception {
        ScriptedResource prepared = resource();
        enlistAndPrepare(prepared);
        participant.close();

        assertThat(prepared.calls).containsExactly("start", "end", "prepare", "close");
        assertThatThrownBy(() -> enlist(resource())).isInstanceOf(ClosedException.class);
        assertThat(participant.openBranches()).isZero();
    }

    @Test
    void badArguments_areRefusedWithWhatToDo() {
        JdbcDataSource source = new JdbcDataSource();
        assertThatThrownBy(() -> XaParticipant.builder("no spaces", "/commit", source))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("participant 'no spaces'")
                .hasMessageContaining("1 to 40 letters");
        assertThatThrownBy(() -> XaParticipant.builder("n".repeat(41), "/commit", source))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> XaParticipant.builder("ledger", "", source))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give the coordinator's path");
        XaParticipant.Builder builder = XaParticipant.builder("ledger", "/commit", source);
        assertThatThrownBy(() -> builder.maxIdle(-1)).hasMessageContaining("maxIdle -1");
        assertThatThrownBy(() -> builder.maxBranches(0)).hasMessageContaining("maxBranches 0");
        assertThatThrownBy(() -> builder.transactionTimeout(Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("XA counts from 1");
        recoveries.clear();
        assertThatThrownBy(() -> participant.commit(new Branch("not an id", "broker", 1, Value.EMPTY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an id has 1 to 64 letters");
    }
}
