package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of the client: reads, proposals, leases, watches. */
final class ClientMutations {
    private static final String CLIENT = "coord-raft/src/main/java/dev/coord/raft/internal/client/";

    private ClientMutations() {}

    static List<Mutation> all() {
        return List.of(
                // ---- reads
                Mutation.of("read-unconfirmed", "the leader answers reads without asking a majority whether it leads")
                        .edit(
                                CLIENT + "ReadBarrier.java",
                                "attempt(confirmation::confirm)",
                                "attempt(() -> CompletableFuture.completedFuture(peer.status().commitIndex()))"),
                Mutation.of("confirmed-in-any-term", "voters confirm a leader although their term is later")
                        .edit(
                                CLIENT + "TermConfirmation.java",
                                "putBoolean(peer.status().term() == term)",
                                "putBoolean(peer.status().term() >= term)"),
                Mutation.of("leader-not-ready", "a leader serves reads before it has applied what came before its term")
                        .edit(CLIENT + "TermConfirmation.java", "if (!before.ready()) {", "if (!before.leading()) {"),
                Mutation.of("read-before-apply", "a follower reads before it has applied up to the confirmed index")
                        .edit(
                                CLIENT + "ReadBarrier.java",
                                "replica.awaitIndex(index);",
                                "CompletableFuture.completedFuture(null);"),
                Mutation.of("read-joins-sent-round", "reads that arrive during a round share it")
                        .edit(
                                CLIENT + "ReadBarrier.java",
                                "CompletableFuture<Void> reached = replica.awaitIndex(index);",
                                "round.addAll(waiting); waiting.clear();"
                                        + " CompletableFuture<Void> reached = replica.awaitIndex(index);"),
                Mutation.of("at-least-not-awaited", "a read of at least a revision does not wait for it")
                        .edit(
                                CLIENT + "KvClient.java",
                                "case AT_LEAST, AT -> revision >= consistency.revision();",
                                "case AT_LEAST -> true; case AT -> revision >= consistency.revision();"),
                // ---- proposals
                Mutation.of("acknowledged-unseen", "a session acknowledges results that it has not received")
                        .edit(CLIENT + "SessionSequence.java", "return acknowledged;", "return last;"),
                Mutation.of("resent-as-new", "an operation that is sent again gets a new number")
                        .edit(
                                CLIENT + "Proposer.java",
                                "if (!operation.wasSent()) {\n                number(operation);",
                                "if (operation.attempts <= 1) {\n                number(operation);"),
                // ---- leases
                Mutation.of("keep-alive-unconfirmed", "a keep-alive counts although the leader may be deposed")
                        .edit(
                                CLIENT + "LeaseKeeper.java",
                                "barrier.leaderIndex().whenComplete((index, error) -> {",
                                "CompletableFuture.completedFuture(0L).whenComplete((index, error) -> {"),
                Mutation.of("drift-forgotten", "the holder's view of its lease makes no allowance for drifting clocks")
                        .edit(
                                CLIENT + "HeldLease.java",
                                "return validity.toNanos() - validity.toNanos() / DRIFT_PARTS;",
                                "return validity.toNanos();"),
                Mutation.of("renewed-from-answer", "validity counts from the answer to a keep-alive, not its sending")
                        .edit(
                                CLIENT + "KeepAlive.java",
                                "alive.get(i) && lease.renewed(sentAt);",
                                "alive.get(i) && lease.renewed(now);")
                        .by("locks"),
                Mutation.of("loss-not-signalled", "the end of validity is not signalled")
                        .edit(CLIENT + "HeldLease.java", "callbacks.execute(lapsed::fire);", ""),
                Mutation.of("clock-not-restarted", "a new leader grants leases half of their time")
                        .edit(
                                CLIENT + "LeaseKeeper.java",
                                "track(lease, lease.remainingMillis(), CHECKPOINT);",
                                "track(lease, lease.remainingMillis() / 2, CHECKPOINT);"),
                Mutation.of("detached-ends-early", "a detached lease ends after half of its time")
                        .edit(
                                CLIENT + "LeaseKeeper.java",
                                "detachedEnds.put(granted.lease(), peer.ticker().nanos() + ttlNanos);",
                                "detachedEnds.put(granted.lease(), peer.ticker().nanos() + ttlNanos / 2);"),
                Mutation.of("checkpoint-not-undone", "a keep-alive leaves the store at what a checkpoint had lowered")
                        .edit(
                                CLIENT + "LeaseKeeper.java",
                                "if (stored.checkpointed() || stored.generation() <= lease.threatened) {",
                                "if (stored.ttlMillis() < 0) {"),
                Mutation.of("lease-never-expires", "a lease that was renewed once never ends by its time limit")
                        .edit(
                                CLIENT + "LeaseKeeper.java",
                                "Math.max(lease.deadline, arrived + lease.ttlNanos);",
                                "Long.MAX_VALUE / 2;"),
                Mutation.of("suspected-is-dead", "a session ends on a suspicion, silent or not")
                        .edit(
                                CLIENT + "LeaseKeeper.java",
                                "lease.expiring || lease.reliedUntil - now > 0",
                                "lease.expiring"),
                Mutation.of("silence-of-new-leader", "a new leader takes everybody for silent")
                        .edit(
                                CLIENT + "LeaseKeeper.java",
                                "lease.reliedUntil = now + lease.validityNanos;",
                                "lease.reliedUntil = now;"),
                Mutation.of("validity-ignored", "a holder relies on a keep-alive for longer than it has promised")
                        .edit(
                                CLIENT + "HeldLease.java",
                                "return validity.toNanos() - validity.toNanos() / DRIFT_PARTS;",
                                "return ttl.toNanos() - ttl.toNanos() / DRIFT_PARTS;")
                        .by("locks"),
                // ---- watches
                Mutation.of("event-lost-at-compaction", "a watch goes on where the history begins, without a word")
                        .edit(
                                CLIENT + "HubWatch.java",
                                "if (cursor() <= view.compactRevision()) {",
                                "if (cursor() < 0) {"),
                Mutation.of("event-per-change", "a revision with several changes is told in pieces")
                        .edit(
                                CLIENT + "HubWatch.java",
                                "return call(() -> listener.onChange(revision.number(), events));",
                                "return call(() -> events.forEach("
                                        + "event -> listener.onChange(revision.number(), List.of(event))));"),
                Mutation.of("previous-is-present", "events carry the new value as the previous one")
                        .edit(
                                CLIENT + "RevisionEvents.java",
                                "spec.previousValues() ? change.before() : null",
                                "spec.previousValues() ? change.after() : null"),
                Mutation.of("event-again-after-resume", "a resumed watch begins one revision too early")
                        .edit(
                                CLIENT + "CoordHandle.java",
                                "present + 1 : spec.fromRevision();",
                                "present + 1 : spec.fromRevision() - 1;"),
                Mutation.of("watch-misses-one", "a watch opened at the present misses the next revision")
                        .edit(
                                CLIENT + "CoordHandle.java",
                                "spec.fromRevision() == 0 ? present + 1",
                                "spec.fromRevision() == 0 ? present + 2"),
                Mutation.of("hub-behind-snapshot", "watches are not woken for what came by a snapshot")
                        .edit(
                                CLIENT + "WatchHub.java",
                                "watches.forEach(watch -> watch.wake(from + 1, to.revision()));",
                                ""),
                Mutation.of("range-bound-inclusive", "a range contains its end")
                        .edit(
                                "coord-api/src/main/java/dev/coord/kv/KeyRange.java",
                                "(to == null || Keys.compare(key, to) < 0);",
                                "(to == null || Keys.compare(key, to) <= 0);"));
    }
}
