package dev.coord.recipes.causality;

import dev.coord.recipes.causality.SpaceTimeDiagram.Event;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event with those right before it: the previous one of its process, and the sending of what it receives. A process begins with
 * an origin, which has none and is no event itself. Immutable, so whoever has a step has all of its past.
 */
final class Step {
    private final Event event;
    private final @Nullable Step previous;
    private final @Nullable Step sent;
    private final String message;

    private Step(Event event, @Nullable Step previous, @Nullable Step sent, String message) {
        this.event = event;
        this.previous = previous;
        this.sent = sent;
        this.message = message;
    }

    static Step origin(String process) {
        return new Step(new Event("", VectorClock.empty(), LamportClock.of(process)), null, null, "");
    }

    Step next(String label) {
        return new Step(
                new Event(
                        label, event.clock().tick(event.process()), event.time().tick()),
                this,
                null,
                "");
    }

    Step receive(String label, Step from, String message) {
        VectorClock clock = event.clock().receive(event.process(), from.event.clock());
        return new Step(new Event(label, clock, event.time().receive(from.event.time())), this, from, message);
    }

    Event event() {
        return event;
    }

    /** The sending of what is received here; null if nothing is. */
    @Nullable
    Step sent() {
        return sent;
    }

    /** What is received here; empty if nothing is. */
    String message() {
        return message;
    }

    /** All events that happened before some, and these: a consistent cut whatever they are. In the total order of Lamport. */
    static List<Step> past(Collection<Step> latest) {
        Set<Step> seen = new HashSet<>();
        Deque<Step> open = new ArrayDeque<>(latest);
        while (!open.isEmpty()) {
            Step step = open.pop();
            if (step.previous == null || !seen.add(step)) {
                continue;
            }
            open.push(step.previous);
            if (step.sent != null) {
                open.push(step.sent);
            }
        }
        return seen.stream()
                .sorted(Comparator.comparing((Step step) -> step.event.time()))
                .toList();
    }
}
