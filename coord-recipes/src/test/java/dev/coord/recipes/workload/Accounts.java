package dev.coord.recipes.workload;

import dev.coord.FencedException;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.OnePhaseParticipant;
import dev.coord.recipes.commit.Participant;
import dev.coord.recipes.commit.Vote;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An account in a database of its own: what it holds outlives every process. A payload is the amount to be added. If it is forgetful it
 * knows nothing of a branch once that has ended, as XA has it, and so prepares again what comes too late; else it keeps the
 * greatest token of each branch and refuses smaller ones.
 */
final class Accounts implements Participant, OnePhaseParticipant {
    final String name;
    private final boolean forgetful;
    private final Map<String, Long> prepared = new HashMap<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private final Set<String> aborted = new HashSet<>();
    private long balance;

    /** All that was ever committed here, by somebody who forgets nothing. */
    private final Map<String, Long> committed = new HashMap<>();

    private @Nullable String wrong;

    Accounts(String name, long balance, boolean forgetful) {
        this.name = name;
        this.balance = balance;
        this.forgetful = forgetful;
    }

    long balance() {
        return balance;
    }

    boolean hasCommitted(String id) {
        return committed.containsKey(id);
    }

    boolean isInDoubt() {
        return !prepared.isEmpty();
    }

    Set<String> doubts() {
        return Set.copyOf(prepared.keySet());
    }

    Set<String> committedIds() {
        return committed.keySet();
    }

    /** What it was asked to do that nobody may ask for; null if nothing. */
    @Nullable
    String wrong() {
        return wrong;
    }

    private static long amount(Branch branch) {
        return Long.parseLong(branch.payload().asString());
    }

    private void admit(Branch branch) {
        if (!forgetful) {
            long greatest = tokens.merge(branch.transaction(), branch.token(), Math::max);
            if (branch.token() < greatest) {
                throw new FencedException(branch + " is behind " + greatest);
            }
        }
    }

    private static <T> CompletableFuture<T> failed(RuntimeException failure) {
        return CompletableFuture.failedFuture(failure);
    }

    @Override
    public CompletableFuture<Vote> prepare(Branch branch) {
        try {
            admit(branch);
        } catch (FencedException e) {
            return failed(e);
        }
        String id = branch.transaction();
        if (committed.containsKey(id)) {
            // A prepare that was delayed: nothing to be done again. A database would call it a new branch.
            return CompletableFuture.completedFuture(Vote.refused("it has ended"));
        }
        if (!forgetful && aborted.contains(id)) {
            return CompletableFuture.completedFuture(Vote.refused("it was aborted"));
        }
        long reserved = prepared.values().stream()
                .filter(one -> one < 0)
                .mapToLong(one -> one)
                .sum();
        if (!prepared.containsKey(id) && amount(branch) < 0 && balance + reserved + amount(branch) < 0) {
            return CompletableFuture.completedFuture(Vote.refused("no funds"));
        }
        if (amount(branch) == 0) {
            return CompletableFuture.completedFuture(Vote.readOnly());
        }
        prepared.put(id, amount(branch));
        return CompletableFuture.completedFuture(Vote.prepared());
    }

    @Override
    public CompletableFuture<Void> commit(Branch branch) {
        return ended(branch, true);
    }

    @Override
    public CompletableFuture<Void> abort(Branch branch) {
        return ended(branch, false);
    }

    private CompletableFuture<Void> ended(Branch branch, boolean commit) {
        try {
            admit(branch);
        } catch (FencedException e) {
            return failed(e);
        }
        String id = branch.transaction();
        Long amount = prepared.remove(id);
        if (commit && amount != null) {
            balance += amount;
            committed.put(id, amount);
        } else if (commit && !committed.containsKey(id) && amount(branch) != 0) {
            wrong = name + " is to commit what it has not prepared: " + branch;
        } else if (!commit && committed.containsKey(id)) {
            wrong = name + " is to abort what it has committed: " + branch;
        } else if (!commit) {
            aborted.add(id);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Boolean> commitOnePhase(Branch branch) {
        String id = branch.transaction();
        if (aborted.contains(id) || balance + amount(branch) < 0) {
            aborted.add(id);
            return CompletableFuture.completedFuture(false);
        }
        if (committed.putIfAbsent(id, amount(branch)) == null) {
            balance += amount(branch);
        }
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletableFuture<Boolean> settle(Branch branch) {
        if (!committed.containsKey(branch.transaction())) {
            aborted.add(branch.transaction());
        }
        return CompletableFuture.completedFuture(committed.containsKey(branch.transaction()));
    }

    @Override
    public CompletableFuture<Set<String>> recover() {
        return CompletableFuture.completedFuture(doubts());
    }
}
