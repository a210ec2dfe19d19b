package dev.coord.recipes.commit;

import dev.coord.FencedException;
import dev.coord.kv.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A participant that keeps what it is told, as a disk would: all coordinators of a test share it. It refuses tokens smaller than the
 * greatest it has seen, and what contradicts what it has done fails the test.
 */
public final class MemoryParticipant implements Participant, OnePhaseParticipant {

    /** What has become of a branch. */
    public enum State {
        PREPARED,
        COMMITTED,
        ABORTED,
        READ_ONLY
    }

    private final Map<String, State> states = new HashMap<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final Map<String, Value> payloads = new TreeMap<>();
    private final List<String> wrong = new ArrayList<>();
    private Vote vote = Vote.prepared();
    private boolean listsDoubts = true;
    private int scans;
    private @Nullable Function<String, @Nullable CompletableFuture<Void>> before;
    private @Nullable Function<String, @Nullable CompletableFuture<Void>> after;

    /** Sets what it votes. */
    public synchronized MemoryParticipant voting(Vote next) {
        vote = next;
        return this;
    }

    /** Has something happen before each call: given its name, returns what the call waits for, or null. */
    public synchronized void before(Function<String, @Nullable CompletableFuture<Void>> hook) {
        before = hook;
    }

    /** Has something happen after each call, before it is answered. */
    public synchronized void after(Function<String, @Nullable CompletableFuture<Void>> hook) {
        after = hook;
    }

    /** Has it tell of branches in doubt, or not. */
    public synchronized void listDoubts(boolean lists) {
        listsDoubts = lists;
    }

    /** Has somebody decide a branch by hand. */
    public synchronized void decideAlone(String id, State state) {
        states.put(id, state);
    }

    /** Returns how often it was asked for branches in doubt. */
    public synchronized int scans() {
        return scans;
    }

    public synchronized @Nullable State state(String id) {
        return states.get(id);
    }

    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** Returns with which payload it was called, by the name of the call. */
    public synchronized Map<String, Value> payloads() {
        return Map.copyOf(payloads);
    }

    public synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    public synchronized Set<String> inDoubt() {
        return states.entrySet().stream()
                .filter(entry -> entry.getValue() == State.PREPARED)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    @Override
    public CompletableFuture<Vote> prepare(Branch branch) {
        return call("prepare", branch, () -> {
            State now = states.get(branch.transaction());
            if (now == State.ABORTED) {
                return Vote.refused("it was aborted");
            }
            if (vote.kind() == Vote.Kind.PREPARED) {
                states.put(branch.transaction(), State.PREPARED);
            } else {
                states.put(branch.transaction(), vote.kind() == Vote.Kind.READ_ONLY ? State.READ_ONLY : State.ABORTED);
            }
            return vote;
        });
    }

    @Override
    public CompletableFuture<Void> commit(Branch branch) {
        return call("commit", branch, () -> {
            end(branch, State.COMMITTED);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> abort(Branch branch) {
        return call("abort", branch, () -> {
            end(branch, State.ABORTED);
            return null;
        });
    }

    private void end(Branch branch, State wanted) {
        State now = states.get(branch.transaction());
        State contrary = wanted == State.COMMITTED ? State.ABORTED : State.COMMITTED;
        if (now == contrary) {
            throw new HeuristicException(
                    now == State.COMMITTED ? HeuristicException.Kind.COMMITTED : HeuristicException.Kind.ABORTED,
                    "decided by hand");
        }
        if (now == null && wanted == State.COMMITTED) {
            wrong.add("commit of the unknown " + branch);
        }
        if (now != State.READ_ONLY) {
            states.put(branch.transaction(), wanted);
        }
    }

    @Override
    public CompletableFuture<Void> forget(Branch branch) {
        return call("forget", branch, () -> null);
    }

    @Override
    public CompletableFuture<Boolean> commitOnePhase(Branch branch) {
        return call("commitOnePhase", branch, () -> {
            boolean yes = vote.kind() != Vote.Kind.REFUSED && states.get(branch.transaction()) != State.ABORTED;
            states.put(branch.transaction(), yes ? State.COMMITTED : State.ABORTED);
            return yes;
        });
    }

    @Override
    public CompletableFuture<Boolean> settle(Branch branch) {
        return call(
                "settle",
                branch,
                () -> states.merge(
                                branch.transaction(),
                                State.ABORTED,
                                (now, aborted) -> now == State.COMMITTED ? now : aborted)
                        == State.COMMITTED);
    }

    @Override
    public synchronized CompletableFuture<Set<String>> recover() {
        scans++;
        return CompletableFuture.completedFuture(listsDoubts ? inDoubt() : Set.of());
    }

    /** What a call does. */
    @FunctionalInterface
    private interface Step<T extends @Nullable Object> {
        T run();
    }

    private <T extends @Nullable Object> CompletableFuture<T> call(String name, Branch branch, Step<T> step) {
        CompletableFuture<T> result = new CompletableFuture<>();
        hook(before, name).whenComplete((ready, refused) -> {
            if (refused != null) {
                result.completeExceptionally(refused);
                return;
            }
            try {
                T value = take(name, branch, step);
                hook(after, name).whenComplete((told, lost) -> {
                    if (lost != null) {
                        result.completeExceptionally(lost);
                    } else {
                        result.complete(value);
                    }
                });
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private synchronized <T extends @Nullable Object> T take(String name, Branch branch, Step<T> step) {
        long greatest = tokens.getOrDefault(branch.transaction(), 0L);
        if (branch.token() < greatest) {
            calls.add(name + " refused");
            throw new FencedException(branch + " is behind " + greatest);
        }
        tokens.put(branch.transaction(), branch.token());
        payloads.put(name, branch.payload());
        calls.add(name);
        return step.run();
    }

    private static CompletableFuture<Void> hook(
            @Nullable Function<String, @Nullable CompletableFuture<Void>> hook, String name) {
        CompletableFuture<Void> wait = hook == null ? null : hook.apply(name);
        return wait == null ? CompletableFuture.completedFuture(null) : wait;
    }
}
