package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the store keeps of a saga. Immutable.
 *
 * @param phase PREPARING while it runs forward, ABORTING while it is compensated
 * @param name the definition's
 * @param steps the names of its steps
 * @param longestStep how long all tries of an action may take; after a multiple of it others take the coordinator for stuck
 * @param input what it was started with
 * @param results of the actions that were done, in order
 * @param left how many steps have still to be compensated, if it is
 */
record SagaRecord(
        TransactionStatus phase,
        String name,
        List<String> steps,
        Duration longestStep,
        Value input,
        List<Value> results,
        int left) {
    /** Distinguishes it from records of other protocols. */
    static final int KIND = 'g';

    SagaRecord {
        steps = List.copyOf(steps);
        results = List.copyOf(results);
    }

    static SagaRecord begun(SagaDefinition definition, Value input) {
        return new SagaRecord(
                TransactionStatus.PREPARING,
                definition.name(),
                definition.stepNames(),
                definition.longestStep(),
                input,
                List.of(),
                0);
    }

    boolean isForward() {
        return phase == TransactionStatus.PREPARING;
    }

    /** Tells whether nothing is left to be called. */
    boolean isFinished() {
        return isForward() ? results.size() == steps.size() : left == 0;
    }

    /** The step to be called next. */
    int current() {
        return isForward() ? results.size() : left - 1;
    }

    /** After the current action. */
    SagaRecord acted(Value result) {
        List<Value> more = new ArrayList<>(results);
        more.add(result);
        return new SagaRecord(phase, name, steps, longestStep, input, more, left);
    }

    /** To be compensated; the current step first, since it is not known what came of it. */
    SagaRecord compensating() {
        return new SagaRecord(TransactionStatus.ABORTING, name, steps, longestStep, input, results, results.size() + 1);
    }

    /** After the current compensation. */
    SagaRecord compensated() {
        return new SagaRecord(phase, name, steps, longestStep, input, results, left - 1);
    }

    /** What is kept of the application. */
    long bytes() {
        return input.size() + results.stream().mapToLong(Value::size).sum();
    }

    Map<String, Value> resultsByStep() {
        Map<String, Value> named = new LinkedHashMap<>();
        for (int i = 0; i < results.size(); i++) {
            named.put(steps.get(i), results.get(i));
        }
        return named;
    }

    /** The steps that have still to be called, as they will be. */
    List<String> pending() {
        return isForward()
                ? steps.subList(results.size(), steps.size())
                : IntStream.iterate(left - 1, i -> i >= 0, i -> i - 1)
                        .mapToObj(steps::get)
                        .toList();
    }

    Value encode() {
        WireWriter out = new WireWriter(KIND)
                .number(Phases.number(phase))
                .text(name)
                .number(longestStep.toMillis())
                .bytes(input.toByteArray())
                .number(left)
                .number(steps.size());
        steps.forEach(out::text);
        out.number(results.size());
        results.forEach(result -> out.bytes(result.toByteArray()));
        return Value.of(out.done());
    }

    static SagaRecord decode(Value value) {
        WireReader in = new WireReader(value.toByteArray());
        if (in.kind() != KIND) {
            throw new IllegalArgumentException("not the record of a saga");
        }
        TransactionStatus phase = Phases.of(in.number());
        String name = in.text();
        Duration longestStep = Duration.ofMillis(in.number());
        Value input = Value.of(in.bytes());
        int left = (int) in.number();
        List<String> steps = new ArrayList<>();
        for (long i = in.number(); i > 0; i--) {
            steps.add(in.text());
        }
        List<Value> results = new ArrayList<>();
        for (long i = in.number(); i > 0; i--) {
            results.add(Value.of(in.bytes()));
        }
        return new SagaRecord(phase, name, steps, longestStep, input, results, left);
    }
}
