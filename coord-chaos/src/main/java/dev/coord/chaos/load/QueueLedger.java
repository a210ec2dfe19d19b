package dev.coord.chaos.load;

import dev.coord.chaos.Findings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What was put into a queue and taken from it. Safe for use by any thread. */
final class QueueLedger {
    private final Findings findings;
    private final Set<String> offered = new HashSet<>();
    private final Set<String> put = new HashSet<>();
    private final Map<String, String> acknowledged = new HashMap<>();
    private final Set<String> perhaps = new HashSet<>();

    QueueLedger(Findings findings) {
        this.findings = findings;
    }

    synchronized void offering(String item) {
        offered.add(item);
    }

    synchronized void put(String item) {
        put.add(item);
    }

    synchronized void taken(String item) {
        if (!offered.contains(item)) {
            findings.add("the queue delivered " + item + ", which nobody put there");
        }
    }

    synchronized void perhaps(String item) {
        perhaps.add(item);
    }

    synchronized void acknowledged(String item, String by) {
        String before = acknowledged.put(item, by);
        if (before != null) {
            findings.add("item " + item + " of the queue was acknowledged by " + before + " and by " + by);
        }
    }

    synchronized int acknowledged() {
        return acknowledged.size();
    }

    /** When the queue is empty. */
    synchronized void checkEmpty() {
        for (String item : put) {
            if (!acknowledged.containsKey(item) && !perhaps.contains(item)) {
                findings.add("item " + item + " was put into the queue and is lost");
            }
        }
    }
}
