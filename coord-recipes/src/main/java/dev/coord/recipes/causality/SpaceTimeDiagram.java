package dev.coord.recipes.causality;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Records a run of some processes and draws it as Lamport did (1978, figure 1): a vertical line for each process, a dot for each
 * event, later events higher, an arrow for each message. It stamps every event with a {@link VectorClock} and a
 * {@link LamportClock}, so that of any two it can be told whether one happened before the other.
 *
 * <p>Events of one process are ordered as their calls are. A message may be received by several processes, by each once, in any
 * order; one that is not received is not drawn. The height of an event is its Lamport time, so the drawing depends on what happened
 * before what, and not on the order in which threads came to record it: equal runs give equal drawings.
 *
 * <p>Safe for use by any thread, without locks; record what is sent before sending it, and what was received after. What is read
 * meanwhile is a consistent cut: no receipt without its sending. At most {@value #MAX_EVENTS} events, all kept in memory.
 */
public final class SpaceTimeDiagram {
    /** How many events a diagram holds. */
    public static final int MAX_EVENTS = 10_000;
    /** How many characters a label or the name of a message has at most. */
    public static final int MAX_LABEL = 100;

    private final Map<String, AtomicReference<Step>> latest = new LinkedHashMap<>();
    private final ConcurrentMap<String, Message> messages = new ConcurrentHashMap<>();
    private final AtomicInteger events = new AtomicInteger();

    private SpaceTimeDiagram(List<String> processes) {
        for (String process : processes) {
            latest.put(Names.check(process), new AtomicReference<>(Step.origin(process)));
        }
        if (processes.isEmpty() || latest.size() < processes.size()) {
            throw new IllegalArgumentException("the processes " + processes + "; there must be one, and none twice");
        }
    }

    /** A message under way: who sent it, as soon as that is recorded, and who received it. */
    private static final class Message {
        private final AtomicReference<@Nullable Step> sent = new AtomicReference<>();
        private final Set<String> receivers = ConcurrentHashMap.newKeySet();
    }

    /**
     * An event of a run.
     *
     * @param label what was recorded with it
     * @param clock its vector clock, by which it is compared
     * @param time its Lamport clock
     */
    public record Event(String label, VectorClock clock, LamportClock time) implements PartiallyOrdered<Event> {

        /**
         * Returns where it happened.
         *
         * @return the process
         */
        public String process() {
            return time.process();
        }

        @Override
        public Causality compare(Event other) {
            return clock.compare(other.clock);
        }
    }

    /**
     * Returns an empty diagram.
     *
     * @param processes their names, from left to right: 1 to 64 ASCII letters, digits, '.', '_' or '-', a letter or digit first
     * @return a diagram for a run of these
     * @throws IllegalArgumentException if there are none, one is there twice, or a name is not as above
     */
    public static SpaceTimeDiagram of(String... processes) {
        return new SpaceTimeDiagram(List.of(processes));
    }

    /**
     * Records an event within a process.
     *
     * @param process whose it is
     * @param label what to write beside it; at most {@value #MAX_LABEL} characters
     * @return the event
     * @throws IllegalArgumentException if there is no such process, or the label is too long
     * @throws IllegalStateException if the diagram is full
     */
    public Event local(String process, String label) {
        AtomicReference<Step> line = line(process, label, "");
        return append(line, step -> step.next(label)).event();
    }

    /**
     * Records the sending of a message.
     *
     * @param process who sends
     * @param message a name that no other message has; at most {@value #MAX_LABEL} characters
     * @param label what to write beside the event; as long
     * @return the event
     * @throws IllegalArgumentException if there is no such process, or a text is too long
     * @throws IllegalStateException if the message was sent before, or the diagram is full
     */
    public Event send(String process, String message, String label) {
        AtomicReference<Step> line = line(process, label, message);
        Message fresh = new Message();
        if (messages.putIfAbsent(message, fresh) != null) {
            throw new IllegalStateException(
                    process + " sends " + message + ", which was sent before; give each message a name of its own");
        }
        Step step = append(line, last -> last.next(label));
        fresh.sent.set(step);
        return step.event();
    }

    /**
     * Records the receipt of a message.
     *
     * @param process who receives
     * @param message its name
     * @param label what to write beside the event; at most {@value #MAX_LABEL} characters
     * @return the event
     * @throws IllegalArgumentException if there is no such process, or a text is too long
     * @throws IllegalStateException if nobody has sent the message, this process received it before, or the diagram is full
     */
    public Event receive(String process, String message, String label) {
        AtomicReference<Step> line = line(process, label, message);
        Message received = messages.get(message);
        Step sent = received == null ? null : received.sent.get();
        if (received == null || sent == null) {
            throw new IllegalStateException(
                    process + " receives " + message + ", which nobody has sent; record the sending first");
        }
        if (!received.receivers.add(process)) {
            throw new IllegalStateException(
                    process + " receives " + message + " twice; record what its process did once for each message");
        }
        return append(line, last -> last.receive(label, sent, message)).event();
    }

    private AtomicReference<Step> line(String process, String label, String message) {
        AtomicReference<Step> line = latest.get(process);
        if (line == null) {
            throw new IllegalArgumentException("no process " + process + "; there are " + latest.keySet());
        }
        if (label.length() > MAX_LABEL || message.length() > MAX_LABEL) {
            throw new IllegalArgumentException("a text of " + Math.max(label.length(), message.length())
                    + " characters; labels and names have " + MAX_LABEL + " at most");
        }
        if (events.get() >= MAX_EVENTS) {
            throw full();
        }
        return line;
    }

    private Step append(AtomicReference<Step> line, UnaryOperator<Step> next) {
        if (events.incrementAndGet() > MAX_EVENTS) {
            throw full();
        }
        return line.updateAndGet(next);
    }

    private static IllegalStateException full() {
        return new IllegalStateException("the diagram is full at " + MAX_EVENTS + " events; begin another one");
    }

    /**
     * Returns what was recorded.
     *
     * @return a consistent cut of the run, in the total order of Lamport clocks; a copy
     */
    public List<Event> events() {
        return steps().stream().map(Step::event).toList();
    }

    private List<Step> steps() {
        Set<Step> now = new HashSet<>();
        latest.values().forEach(line -> now.add(line.get()));
        return Step.past(now);
    }

    /**
     * Draws what was recorded.
     *
     * @return an SVG document in UTF-8, the same for equal runs; the stamps show where the pointer rests
     */
    public String toSvg() {
        return new SvgDrawing(List.copyOf(latest.keySet()), steps()).draw();
    }

    /** Returns the processes and how many events there are. */
    @Override
    public String toString() {
        return "a run of " + latest.keySet() + ", " + Math.min(events.get(), MAX_EVENTS) + " events";
    }
}
