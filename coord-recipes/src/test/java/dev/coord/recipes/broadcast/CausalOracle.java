package dev.coord.recipes.broadcast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Knows what happened before what by remembering everything: of each message, all messages that its sender's process had heard or
 * broadcast before, and theirs. No clocks.
 */
final class CausalOracle {
    /** Of each message, those that happened before. */
    private final Map<String, Set<String>> pasts = new HashMap<>();

    /** What each process knows of. */
    private final Map<String, Set<String>> known = new HashMap<>();

    /** What each process was delivered, in order. */
    private final Map<String, List<String>> delivered = new HashMap<>();

    void broadcasts(String process, String message) {
        Set<String> past = new HashSet<>(knownTo(process));
        pasts.put(message, past);
        knownTo(process).add(message);
    }

    void delivers(String process, String message) {
        deliveredTo(process).add(message);
        knownTo(process).addAll(pasts.get(message));
        knownTo(process).add(message);
    }

    private Set<String> knownTo(String process) {
        return known.computeIfAbsent(process, key -> new HashSet<>());
    }

    List<String> deliveredTo(String process) {
        return delivered.computeIfAbsent(process, key -> new ArrayList<>());
    }

    int concurrentPairs() {
        List<String> all = List.copyOf(pasts.keySet());
        int pairs = 0;
        for (String one : all) {
            for (String other : all) {
                if (one.compareTo(other) < 0
                        && !pasts.get(one).contains(other)
                        && !pasts.get(other).contains(one)) {
                    pairs++;
                }
            }
        }
        return pairs;
    }

    /** Nothing twice, and nothing after what it happened before. */
    void check() {
        delivered.forEach((process, messages) -> {
            assertThat(messages).as("delivered to " + process).doesNotHaveDuplicates();
            Map<String, Integer> places = new HashMap<>();
            messages.forEach(message -> places.put(message, places.size()));
            for (String message : messages) {
                for (String before : pasts.get(message)) {
                    assertThat(places.getOrDefault(before, -1))
                            .as(before + " happened before " + message + "; delivered to " + process + " " + messages)
                            .isLessThan(places.get(message));
                }
            }
        });
    }
}
