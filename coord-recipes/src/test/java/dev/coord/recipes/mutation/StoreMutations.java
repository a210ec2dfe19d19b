package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of the replicated state machine and its snapshots. */
final class StoreMutations {
    private static final String STORE = "coord-raft/src/main/java/dev/coord/raft/internal/store/";
    private static final String CODEC = "coord-raft/src/main/java/dev/coord/raft/internal/codec/";

    private StoreMutations() {}

    static List<Mutation> all() {
        return List.of(
                Mutation.of("retry-applied-twice", "a proposal that was applied is applied again when it is resent")
                        .edit(
                                STORE + "SessionTable.java",
                                "return known == null ? new Result.Done() : known;",
                                "return null;"),
                Mutation.of("replies-missing-from-snapshot", "a restored session has forgotten its results")
                        .edit(
                                CODEC + "SnapshotCodec.java",
                                "view.session(id, lastSequence, results);",
                                "view.session(id, lastSequence, 0);")
                        .edit(
                                CODEC + "SnapshotCodec.java",
                                "view.result(id, in.getNumber(), ResultCodec.get(in));",
                                "in.getNumber(); ResultCodec.get(in);"),
                Mutation.of("sequences-missing-from-snapshot", "a restored session has forgotten what it applied")
                        .edit(
                                CODEC + "SnapshotCodec.java",
                                "view.session(id, lastSequence, results);",
                                "view.session(id, 0, 0);")
                        .edit(
                                CODEC + "SnapshotCodec.java",
                                "view.result(id, in.getNumber(), ResultCodec.get(in));",
                                "in.getNumber(); ResultCodec.get(in);"),
                Mutation.of("snapshot-without-leases", "a snapshot carries no leases")
                        .edit(
                                CODEC + "SnapshotCodec.java",
                                "write(out, LEASES, view.leases(),",
                                "write(out, LEASES, dev.coord.raft.internal.store.Store.emptyView().leases(),"),
                Mutation.of("lease-ids-reused", "a restored store hands out the ids of leases again")
                        .edit(STORE + "ViewBuilder.java", "counters.lastLease(),", "counters.lastLease() / 2,"),
                Mutation.of("expiry-by-old-leader", "the expiry that a deposed leader asked for is accepted")
                        .edit(STORE + "Store.java", """
                                if (command.term() == context.term()) {
                                                for (Command.LeaseRef ref""", """
                                if (command.term() <= context.term()) {
                                                for (Command.LeaseRef ref""")
                        .by("locks"),
                Mutation.of("revision-split", "the keys of a lease that ends go one revision each")
                        .edit(
                                STORE + "State.java",
                                "lease.keys().forEach(null, null, (key, attached) -> {\n            delete(key);",
                                "lease.keys().forEach(null, null, (key, attached) -> {\n            delete(key);"
                                        + " commit();"),
                Mutation.of("session-order-broken", "an operation is applied though an earlier one is missing")
                        .edit(
                                STORE + "SessionTable.java",
                                "if (proposal.sequence() > table.end()) {",
                                "if (proposal.sequence() > table.end() + 100) {"),
                Mutation.of("compaction-one-too-many", "compaction drops the oldest revision that is retained")
                        .edit(STORE + "State.java", "history.dropUpTo(upTo);", "history.dropUpTo(upTo + 1);")
                        .edit(
                                STORE + "State.java",
                                "historyBytes -= requireNonNull(history.get(number)).bytes();",
                                "historyBytes -= 0;"),
                Mutation.of("guard-on-stale-state", "guards look at the state before the log entry")
                        .edit(
                                STORE + "Transactor.java",
                                "private final State state;",
                                "private final State state;\n    private final PersistentMap<String, Entry> stale;")
                        .edit(
                                STORE + "Transactor.java",
                                "this.state = state;",
                                "this.state = state;\n        this.stale = state.entries.build();")
                        .edit(
                                STORE + "Transactor.java",
                                "return holds(guard, state.entries.get(guard.range().from()));",
                                "return holds(guard, stale.get(guard.range().from()));"),
                Mutation.of("add-drops-lease", "an add takes its key from the lease that it is attached to")
                        .edit(
                                STORE + "Transactor.java",
                                "Value.of(Long.toString(number + add.delta())), before == null ? 0 : before.lease());",
                                "Value.of(Long.toString(number + add.delta())), 0);"),
                Mutation.of("add-to-anything", "an add counts what is no number as 0")
                        .edit(
                                STORE + "Transactor.java",
                                "if (entry != null && number == null) {",
                                "if (entry == null) {")
                        .edit(
                                STORE + "Transactor.java",
                                "return new Result.NotANumber(add.key(), entry.value().size());",
                                "return null;"),
                Mutation.of("history-off-by-one", "a read of the past misses what the next revision changed")
                        .edit(
                                STORE + "View.java",
                                "history.forEach(revision + 1, end + 1,",
                                "history.forEach(revision + 2, end + 1,"),
                Mutation.of("key-left-at-old-lease", "a key put again without lease ends with its former lease")
                        .edit(STORE + "State.java", "detach(before);\n            attach(after);", "attach(after);"),
                Mutation.of("first-key-survives-delete", "a deleted range leaves its first key behind")
                        .edit(
                                STORE + "Transactor.java",
                                "doomed.forEach(entry -> state.delete(entry.key()));",
                                "doomed.stream().skip(1).forEach(entry -> state.delete(entry.key()));"));
    }
}
