package dev.coord.testkit.workload;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run came to. */
record Outcome(
        long seed,
        String profile,
        List<Step> steps,
        @Nullable Throwable failure,
        String story,
        long clusterSteps,
        long virtualNanos,
        long digest,
        Map<String, Long> faults,
        Map<String, Long> counts) {

    /** By what a failure is recognised: its kind and the words of its first line up to the details. */
    String signature() {
        if (failure == null) {
            return "";
        }
        String message = String.valueOf(failure.getMessage());
        String head = message.lines().findFirst().orElse("");
        // What was waited for in vain stands behind the limit, details of everything else behind the promise.
        int details = head.startsWith("not within") ? head.indexOf(" (") : head.indexOf(':');
        return failure.getClass().getSimpleName() + ": "
                + (details < 0 ? head : head.substring(0, details)).replaceAll("[0-9]+", "#");
    }
}
