package dev.coord.recipes.commit;

import dev.coord.FencedException;
import dev.coord.kv.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Steps that keep what they have done, as a disk would: all coordinators of a test share them. Idempotent, with a mark for what is
 * compensated before it is done, and with the greatest token seen of each step.
 */
public final class MemorySteps {
    private final Map<String, Boolean> done = new HashMap<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private final Map<String, List<String>> effects = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final List<StepCall> seen = new ArrayList<>();
    private @Nullable Function<String, @Nullable CompletableFuture<Void>> before;
    private @Nullable Function<String, @Nullable CompletableFuture<Void>> after;

    /** A step of a name, for a definition. */
    public SagaStep step(String name) {
        return new SagaStep() {
            @Override
            public CompletableFuture<Value> act(StepCall call) {
                return hooked("act " + name, call, () -> doIt(name, call));
            }

            @Override
            public CompletableFuture<Void> compensate(StepCall call) {
                return hooked("undo " + name, call, () -> undo(name, call)).thenApply(undone -> null);
            }
        };
    }

    /** Has something happen before each call: given {@code act a} or {@code undo a}, returns what the call waits for, or null. */
    public synchronized void before(Function<String, @Nullable CompletableFuture<Void>> hook) {
        before = hook;
    }

    /** Has something happen after each call, before it is answered. */
    public synchronized void after(Function<String, @Nullable CompletableFuture<Void>> hook) {
        after = hook;
    }

    /**
     * What was done in effect, in order: {@code a} for an action, {@code -a} for a compensation, {@code 0a} for one of what had not
     * happened.
     */
    public synchronized List<String> effects(String saga) {
        return List.copyOf(effects.getOrDefault(saga, List.of()));
    }

    /** All calls that got through, with effect or without, of any saga. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    public synchronized List<StepCall> seen() {
        return List.copyOf(seen);
    }

    private Value doIt(String name, StepCall call) {
        String key = key(name, call);
        Boolean was = done.get(key);
        if (Boolean.FALSE.equals(was)) {
            throw new StepRefusedException(call + " comes after its compensation");
        }
        if (was == null) {
            done.put(key, true);
            effect(call, name);
        }
        return Value.of(name + "!");
    }

    private Value undo(String name, StepCall call) {
        Boolean was = done.put(key(name, call), false);
        if (was == null) {
            effect(call, "0" + name);
        } else if (was) {
            effect(call, "-" + name);
        }
        return Value.EMPTY;
    }

    private void effect(StepCall call, String what) {
        effects.computeIfAbsent(call.saga(), none -> new ArrayList<>()).add(what);
    }

    private static String key(String name, StepCall call) {
        return call.saga() + "/" + name;
    }

    private CompletableFuture<Value> hooked(String name, StepCall call, Supplier<Value> work) {
        CompletableFuture<Value> result = new CompletableFuture<>();
        run(before, name).whenComplete((ready, refused) -> {
            if (refused != null) {
                result.completeExceptionally(refused);
                return;
            }
            try {
                Value value = take(name, call, work);
                run(after, name).whenComplete((told, lost) -> {
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

    private synchronized Value take(String name, StepCall call, Supplier<Value> work) {
        long greatest = tokens.merge(call.saga() + "/" + call.step(), call.token(), Math::max);
        if (call.token() < greatest) {
            calls.add(name + " fenced");
            throw new FencedException(call + " is behind " + greatest);
        }
        calls.add(name);
        seen.add(call);
        return work.get();
    }

    private static CompletableFuture<Void> run(
            @Nullable Function<String, @Nullable CompletableFuture<Void>> hook, String name) {
        CompletableFuture<Void> wait = hook == null ? null : hook.apply(name);
        return wait == null ? CompletableFuture.completedFuture(null) : wait;
    }
}
