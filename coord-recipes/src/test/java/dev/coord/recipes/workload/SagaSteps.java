package dev.coord.recipes.workload;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.SagaDefinition;
import dev.coord.recipes.commit.SagaStep;
import dev.coord.recipes.commit.StepCall;
import dev.coord.recipes.commit.StepRefusedException;
import dev.coord.time.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Services that outlive every peer, reached through a network that delays, loses and repeats what it is given. They keep for each step
 * whether it was done or undone; some also keep the greatest token and refuse smaller ones.
 */
final class SagaSteps {
    private static final long MILLI = 1_000_000;

    private final Ticker ticker;
    private final SplittableRandom random;
    private final boolean fences;
    private final long longestDelayMillis;
    private final PriorityQueue<Delivery> onTheWay = new PriorityQueue<>();
    private final Map<String, Boolean> done = new HashMap<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private final Map<String, List<String>> effects = new HashMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private long sent;
    private boolean calm;
    private @Nullable String wrong;

    /** What arrives, or is answered, at some time. */
    private record Delivery(long atNanos, long number, Runnable task) implements Comparable<Delivery> {
        @Override
        public int compareTo(Delivery other) {
            return atNanos == other.atNanos
                    ? Long.compare(number, other.number)
                    : Long.compare(atNanos - other.atNanos, 0);
        }
    }

    SagaSteps(Ticker ticker, long seed, long longestDelayMillis) {
        this.ticker = ticker;
        this.random = new SplittableRandom(seed ^ 0x5A6A);
        this.fences = random.nextBoolean();
        this.longestDelayMillis = longestDelayMillis;
    }

    /** The steps of a saga of so many, as a peer calls them. */
    SagaDefinition.Builder called(Coord from, String name, int steps) {
        SagaDefinition.Builder builder = SagaDefinition.named(name);
        for (int i = 0; i < steps; i++) {
            int place = i;
            builder.step("s" + i, new SagaStep() {
                @Override
                public CompletableFuture<Value> act(StepCall call) {
                    return send(from, () -> doIt(place, call));
                }

                @Override
                public CompletableFuture<Void> compensate(StepCall call) {
                    return send(from, () -> undo(place, call)).thenApply(undone -> null);
                }
            });
        }
        return builder;
    }

    /** From now on the network is kind. */
    void calm() {
        calm = true;
    }

    /** Delivers what is due. */
    void deliver() {
        while (!onTheWay.isEmpty() && onTheWay.peek().atNanos() - ticker.nanos() <= 0) {
            onTheWay.remove().task().run();
        }
    }

    List<String> effects(String saga) {
        return effects.getOrDefault(saga, List.of());
    }

    Map<String, Long> counts() {
        return counts;
    }

    /** What it was asked that nobody may ask for; null if nothing. */
    @Nullable
    String wrong() {
        return wrong;
    }

    // ---- the network

    private CompletableFuture<Value> send(Coord from, Supplier<Value> work) {
        CompletableFuture<Value> answer = new CompletableFuture<>();
        int copies = calm || random.nextInt(20) > 0 ? 1 : random.nextInt(3);
        for (int i = 0; i < copies; i++) {
            later(() -> arrive(from, work, answer));
        }
        return answer;
    }

    private void arrive(Coord from, Supplier<Value> work, CompletableFuture<Value> answer) {
        int luck = calm ? 100 : random.nextInt(100);
        if (luck < 8) {
            later(() ->
                    from.callbacks().execute(() -> answer.completeExceptionally(new IllegalStateException("busy"))));
            return;
        }
        try {
            Value value = work.get();
            if (luck < 14) {
                later(() -> tell(from, () -> answer.completeExceptionally(new IllegalStateException("answer lost"))));
            } else if (luck > 17) {
                later(() -> tell(from, () -> answer.complete(value)));
            }
        } catch (RuntimeException e) {
            later(() -> tell(from, () -> answer.completeExceptionally(e)));
        }
    }

    private static void tell(Coord to, Runnable answer) {
        try {
            to.callbacks().execute(answer);
        } catch (RejectedExecutionException e) {
            return; // its peer has crashed: nobody is there to hear it
        }
    }

    private void later(Runnable task) {
        long most = calm ? 5 : random.nextInt(4) == 0 ? longestDelayMillis : longestDelayMillis / 10 + 1;
        onTheWay.add(new Delivery(ticker.nanos() + random.nextLong(most) * MILLI, ++sent, task));
    }

    // ---- the services

    private Value doIt(int place, StepCall call) {
        admit(place, call, place);
        String key = key(call);
        Boolean was = done.get(key);
        if (Boolean.FALSE.equals(was)) {
            count("late actions");
            throw new StepRefusedException(call + " comes after its compensation");
        }
        if (was == null) {
            if (!calm && random.nextInt(25) == 0) {
                throw new StepRefusedException("no more of it");
            }
            done.put(key, true);
            effect(call, "+" + place);
        } else {
            count("repeated actions");
        }
        return result(call.saga(), place);
    }

    private Value undo(int place, StepCall call) {
        admit(place, call, place + 1);
        Boolean was = done.put(key(call), false);
        if (was == null) {
            count("empty compensations");
            effect(call, "0" + place);
        } else if (was) {
            effect(call, "-" + place);
        }
        return Value.EMPTY;
    }

    private void admit(int place, StepCall call, int least) {
        for (int i = 0; i < place; i++) {
            if (!result(call.saga(), i).equals(call.results().get("s" + i))) {
                wrong = call + " has wrong results " + call.results();
            }
        }
        if (call.results().size() < place || (call.results().size() > least && least == place)) {
            wrong = call + " comes with the results of " + call.results().keySet();
        }
        long greatest = tokens.merge(key(call), call.token(), Math::max);
        if (call.token() < greatest) {
            count("calls of former coordinators");
            if (fences) {
                throw new FencedException(call + " is behind " + greatest);
            }
        }
    }

    private static Value result(String saga, int place) {
        return Value.of(saga + place);
    }

    private static String key(StepCall call) {
        return call.saga() + "/" + call.step();
    }

    private void effect(StepCall call, String what) {
        effects.computeIfAbsent(call.saga(), none -> new ArrayList<>()).add(what);
    }

    private void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    // ---- what they must have come to

    static boolean isAll(List<String> effects, int steps) {
        return effects.equals(IntStream.range(0, steps).mapToObj(i -> "+" + i).toList());
    }

    /**
     * Nothing; or some steps in order, then their compensations in reverse, each once; the first may be of a step that never happened.
     */
    static boolean isUndone(List<String> effects, int steps) {
        List<String> expected = new ArrayList<>();
        int acted = (int) effects.stream().filter(one -> one.startsWith("+")).count();
        IntStream.range(0, acted).forEach(i -> expected.add("+" + i));
        if (effects.contains("0" + acted)) {
            expected.add("0" + acted);
        }
        for (int i = acted - 1; i >= 0; i--) {
            expected.add("-" + i);
        }
        return acted <= steps && effects.equals(expected);
    }
}
