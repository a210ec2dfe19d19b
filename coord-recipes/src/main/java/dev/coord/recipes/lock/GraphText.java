package dev.coord.recipes.lock;

import dev.coord.recipes.lock.WaitGraph.Claimant;
import dev.coord.recipes.lock.WaitGraph.Queue;
import dev.coord.recipes.lock.WaitGraph.Wait;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Wait graphs as text. */
final class GraphText {

    private GraphText() {}

    static String describe(WaitGraph graph) {
        List<String> lines = new ArrayList<>();
        lines.add("revision " + graph.revision());
        for (Queue queue : graph.queues()) {
            lines.add(queue.path() + (queue.capacity() == 1 ? "" : " of " + queue.capacity()) + ": held by "
                    + people(queue.holders()) + "; waiting: " + people(queue.waiters()));
        }
        for (List<Wait> cycle : graph.cycles()) {
            lines.add("deadlock: " + circle(cycle));
        }
        return String.join("\n", lines);
    }

    static String circle(List<Wait> cycle) {
        return cycle.stream().map(Wait::toString).collect(Collectors.joining(", "));
    }

    private static String people(List<Claimant> claimants) {
        return claimants.isEmpty()
                ? "nobody"
                : claimants.stream().map(GraphText::person).collect(Collectors.joining(", "));
    }

    private static String person(Claimant one) {
        return one.party() + (one.text().isEmpty() ? "" : " (" + one.text() + ")")
                + (one.permits() == 1 ? "" : " with " + one.permits()) + " since " + one.since() + " in session "
                + Long.toHexString(one.session());
    }

    static String dot(WaitGraph graph) {
        Set<String> stuck = graph.waitingForEver();
        StringBuilder text = new StringBuilder("digraph waits {\n");
        Set<String> named = new HashSet<>();
        for (Queue queue : graph.queues()) {
            for (List<Claimant> side : List.of(queue.holders(), queue.waiters())) {
                side.stream()
                        .map(Claimant::party)
                        .filter(named::add)
                        .forEach(party -> text.append("  ")
                                .append(quoted(party))
                                .append(stuck.contains(party) ? " [color=red]" : "")
                                .append(";\n"));
            }
        }
        for (Wait wait : graph.waits()) {
            text.append("  ")
                    .append(quoted(wait.waiter().party()))
                    .append(" -> ")
                    .append(quoted(wait.ahead().party()))
                    .append(" [label=")
                    .append(quoted(wait.waiter().path()))
                    .append("];\n");
        }
        return text.append("}\n").toString();
    }

    private static String quoted(String name) {
        return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
