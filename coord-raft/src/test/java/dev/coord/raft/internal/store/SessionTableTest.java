package dev.coord.raft.internal.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.kv.Op;
import dev.coord.kv.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each place in a session's sequence comes to; and entries that come too late for a lease. */
class SessionTableTest {
    private final Store store = new Store();
    private final long session = granted(propose(Proposal.sessionless(9, new Command.OpenSession(1_000))));
    private long index = 1;

    private Result propose(Proposal... batch) {
        return apply(1, batch);
    }

    /** The result of the last proposal. */
    private Result apply(long term, Proposal... batch) {
        List<Effect> effects = store.apply(new Context(term, index++), Arrays.asList(batch));
        List<Result> results = effects.stream()
                .filter(Effect.Completed.class::isInstance)
                .map(effect -> ((Effect.Completed) effect).result())
                .toList();
        return results.get(results.size() - 1);
    }

    private Proposal put(long sequence, long acknowledged) {
        return new Proposal(
                session,
                sequence,
                acknowledged,
                new Command.Transact(List.of(), List.of(Op.put("/k", Value.of("v" + sequence))), List.of()));
    }

    private static long granted(Result result) {
        return ((Result.Granted) result).lease();
    }

    private long version() {
        return requireNonNull(store.view().get("/k")).version();
    }

    @Test
    void duplicate_givesTheRecordedResult_inTheSameEntryAndLater() {
        Result first = propose(put(1, 0), put(1, 0));
        assertThat(propose(put(1, 0))).isEqualTo(first).isInstanceOf(Result.Transacted.class);
        assertThat(version()).isEqualTo(1);
    }

    @Test
    void duplicate_withinALaterBatch_leavesTheOthersInOrder() {
        propose(put(1, 0), put(2, 0));
        propose(put(1, 0), put(2, 0), put(3, 0));
        assertThat(version()).isEqualTo(3);
        assertThat(requireNonNull(store.view().get("/k")).text()).isEqualTo("v3");
    }

    @Test
    void gap_isRefused_untilItIsFilled() {
        assertThat(propose(put(2, 0))).isEqualTo(new Result.OutOfOrder(1));
        assertThat(store.view().get("/k")).isNull();
        propose(put(1, 0), put(2, 0));
        assertThat(requireNonNull(store.view().get("/k")).text()).isEqualTo("v2");
    }

    @Test
    void acknowledgedResult_isForgotten_andNotAppliedAgain() {
        propose(put(1, 0), put(2, 0));
        propose(put(3, 2));
        assertThat(requireNonNull(store.view().sessions().get(session))
                        .results()
                        .size())
                .isEqualTo(1);
        assertThat(propose(put(2, 0))).isInstanceOf(Result.Done.class);
        assertThat(version()).isEqualTo(3);
    }

    @Test
    void noop_inPlaceOfAnOperation_keepsItOutForGood() {
        propose(new Proposal(session, 1, 0, new Command.Noop()));
        assertThat(propose(put(1, 0))).isInstanceOf(Result.Done.class);
        assertThat(store.view().get("/k")).isNull();
        propose(put(2, 0));
        assertThat(version()).isEqualTo(1);
    }

    @Test
    void endedSession_refusesEverything_inTheSameEntryToo() {
        Result after = propose(put(1, 0), Proposal.sessionless(1, new Command.RevokeLease(session)), put(2, 0));
        assertThat(after).isInstanceOf(Result.SessionNotFound.class);
        assertThat(propose(put(1, 0))).isInstanceOf(Result.SessionNotFound.class);
        assertThat(version()).isEqualTo(1);
        assertThat(store.view().sessions().get(session)).isNull();
    }

    @Test
    void sessionThatRevokesItself_isGone() {
        assertThat(propose(put(1, 0), new Proposal(session, 2, 0, new Command.RevokeLease(session))))
                .isEqualTo(new Result.Revoked(true));
        assertThat(store.view().sessions().get(session)).isNull();
        assertThat(propose(put(3, 0))).isInstanceOf(Result.SessionNotFound.class);
    }

    @Test
    void expiry_ofAnOldTermOrGeneration_doesNothing() {
        Command.LeaseRef ref = new Command.LeaseRef(session, 0);
        Command expiry = new Command.ExpireLeases(1, List.of(ref));
        apply(2, Proposal.sessionless(1, expiry));
        assertThat(store.view().leases().get(session)).isNotNull();
        // A checkpoint of an old term does nothing either; one of the present term makes a new generation.
        Command lower = new Command.CheckpointLeases(1, List.of(new Command.Remaining(ref, 10)));
        apply(2, Proposal.sessionless(2, lower));
        assertThat(requireNonNull(store.view().leases().get(session)).generation())
                .isZero();
        apply(1, Proposal.sessionless(3, lower));
        assertThat(requireNonNull(store.view().leases().get(session)).remainingMillis())
                .isEqualTo(10);
        apply(1, Proposal.sessionless(4, expiry));
        assertThat(store.view().leases().get(session)).isNotNull();
        apply(1, Proposal.sessionless(5, new Command.ExpireLeases(1, List.of(new Command.LeaseRef(session, 1)))));
        assertThat(store.view().leases().get(session)).isNull();
    }
}
