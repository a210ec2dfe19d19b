package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One call to a step of a saga. Immutable.
 *
 * @param saga the saga's id: at most {@value Branch#MAX_ID} letters, digits, dots and hyphens; never used again
 * @param step the step's name; with the saga's id it names what must happen once
 * @param token greater for each coordinator that takes the saga over. A step that keeps the greatest it has seen of a saga can refuse
 *     what a former coordinator sent, with {@link dev.coord.FencedException}
 * @param attempt which try this is by the coordinator that makes it, from 1
 * @param input what the saga was started with
 * @param results what the actions so far have returned, in the order of the steps; in a compensation the step's own is among them
 *     if it is known
 */
public record StepCall(String saga, String step, long token, int attempt, Value input, Map<String, Value> results) {

    /** Creates a call. */
    public StepCall {
        requireNonNull(saga, "saga");
        requireNonNull(step, "step");
        requireNonNull(input, "input");
        results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
    }

    @Override
    public String toString() {
        return saga + "/" + step + " token " + token + " attempt " + attempt;
    }
}
