package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;
import dev.coord.recipes.commit.Registry.Enrolled;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves branches that participants say they have prepared and were not told about, by the transaction's record: what its
 * coordinator did not get round to before it died, or what a prepare has left that came too late. At the start of the coordinator
 * each such branch is looked after at once, since the participant may have been restarted with it; later, only one that was in doubt
 * at the scan before as well, since most are just on their way.
 *
 * <p>What has an owner is the owner's: it tells all participants, or somebody takes it over. Were it told from here too, the owner could
 * find a branch gone that nobody else was to end, and take that for a decision by hand.
 *
 * <p>That a transaction has no record tells that it was aborted: the record is there before the first prepare, and stays until all
 * that prepared have acknowledged.
 */
final class InDoubt {
    private final Env env;
    private final CommitKeys keys;
    private final SerialContext context = new SerialContext(e -> {});

    // Touched in the context only.
    private final Map<String, Set<String>> doubts = new HashMap<>();
    private final Set<String> scanning = new HashSet<>();
    private boolean first = true;

    InDoubt(Env env, CommitKeys keys) {
        this.env = env;
        this.keys = keys;
    }

    /** Asks all participants. */
    void scan() {
        context.run(() -> {
            boolean atOnce = first;
            first = false;
            for (Enrolled enrolled : env.registry().all()) {
                scan(enrolled, atOnce);
            }
        });
    }

    private void scan(Enrolled enrolled, boolean atOnce) {
        Participant participant = enrolled.participant();
        if (participant == null || !scanning.add(enrolled.name())) {
            return;
        }
        Async.run(
                () -> enrolled.gate().tell(participant::recover),
                (ids, failure) -> context.run(() -> scanned(enrolled.name(), ids, failure, atOnce)));
    }

    private void scanned(String participant, @Nullable Set<String> ids, @Nullable Throwable failure, boolean atOnce) {
        scanning.remove(participant);
        if (ids == null) {
            Throwable cause = failure == null ? new NullPointerException("it listed null") : failure;
            env.tell(listener -> listener.onScanFailed(participant, cause));
            return;
        }
        Set<String> before = doubts.getOrDefault(participant, Set.of());
        doubts.put(participant, new HashSet<>(ids));
        for (String id : ids) {
            if (keys.isOurs(id) && (atOnce || before.contains(id))) {
                look(participant, id);
            }
        }
    }

    /** Told that a transaction that has a record has no owner. */
    void abandoned(String id) {
        context.run(() -> doubts.forEach((participant, ids) -> {
            if (ids.contains(id)) {
                look(participant, id);
            }
        }));
    }

    private void look(String participant, String id) {
        if (env.drivers().get(id) == null) {
            Async.run(() -> env.store().look(id), (sight, failure) -> {
                if (sight != null && sight.status() != TransactionStatus.PREPARING && sight.owner() == 0) {
                    resolve(participant, id, sight);
                }
            });
        }
    }

    private void resolve(String participant, String id, Sight sight) {
        boolean commit =
                sight.status() == TransactionStatus.COMMITTING || sight.status() == TransactionStatus.COMMITTED;
        Enrolled enrolled = env.registry().get(participant);
        Participant told = requireNonNull(enrolled.participant());
        Branch branch = new Branch(id, participant, sight.revision(), payload(participant, sight));
        Async.run(
                () -> enrolled.gate().tell(() -> commit ? told.commit(branch) : told.abort(branch)),
                (done, failure) -> context.run(() -> resolved(branch, commit, failure)));
    }

    private static Value payload(String participant, Sight sight) {
        Value record = sight.record();
        if (record == null || Phases.kind(record) != CommitRecord.KIND) {
            return Value.EMPTY;
        }
        return CommitRecord.decode(record).shares().stream()
                .filter(share -> share.participant().equals(participant))
                .map(Share::payload)
                .findFirst()
                .orElse(Value.EMPTY);
    }

    private void resolved(Branch branch, boolean commit, @Nullable Throwable failure) {
        if (failure == null) {
            doubts.getOrDefault(branch.participant(), new HashSet<>()).remove(branch.transaction());
            env.tell(listener -> listener.onRecovered(branch.transaction(), branch.participant(), commit));
        } else if (failure instanceof HeuristicException alone) {
            HeuristicOutcome outcome = new HeuristicOutcome(
                    branch.transaction(), branch.participant(), alone.kind(), commit, Heuristics.brief(alone));
            Async.run(() -> env.heuristics().record(outcome, null), (written, refused) -> {
                if (refused == null) {
                    env.tell(listener -> listener.onHeuristic(outcome));
                    forget(branch);
                }
            });
        }
        // Anything else is tried again after the next scan.
    }

    private void forget(Branch branch) {
        Enrolled enrolled = env.registry().get(branch.participant());
        Participant participant = requireNonNull(enrolled.participant());
        Async.run(() -> enrolled.gate().tell(() -> participant.forget(branch)), (forgotten, failure) -> {});
    }
}
