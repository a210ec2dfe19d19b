package dev.coord.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws operations as bars, a row for each process, time to the right. Bars that overlap did overlap; lengths say
 * nothing. A bar that never ended runs to the edge.
 */
final class Timeline {
    private static final int MAX_BARS = 16;
    private static final int MAX_LABEL = 72;

    private Timeline() {}

    /**
     * Something to draw.
     *
     * @param process the row
     * @param from the place in the sequence of events where it begins
     * @param to where it ends, the same for what has no length
     * @param label what it is
     */
    record Mark(String process, long from, long to, String label) {
        static Mark at(String process, long at, String label) {
            return new Mark(process, at, at, label);
        }
    }

    static String draw(List<Operation> operations, List<Mark> others) {
        List<Mark> marks = new ArrayList<>(others);
        for (Operation operation : operations) {
            // An unknown outcome may take effect at any time after, so its bar does not end.
            long end = operation.status() == Status.UNKNOWN ? Operation.NEVER : operation.ret();
            Mark mark = new Mark(operation.process(), operation.call(), end, Words.of(operation));
            if (!marks.contains(mark)) {
                marks.add(mark);
            }
        }
        if (marks.isEmpty()) {
            return "";
        }
        marks.sort(Comparator.comparingLong(Mark::from).thenComparing(Mark::process));
        while (marks.size() > MAX_BARS) {
            // The first say where it came from, the last is the one that is wrong.
            marks.remove(marks.size() - 2);
        }
        return new Drawing(marks).text();
    }

    /** One drawing. */
    private static final class Drawing {
        private final List<Mark> marks;
        private final Map<Mark, Integer> starts = new LinkedHashMap<>();
        private final Map<Mark, Integer> ends = new LinkedHashMap<>();
        private int width;

        Drawing(List<Mark> marks) {
            this.marks = marks;
            place();
        }

        private record End(long at, boolean start, Mark mark) {}

        /** Gives each beginning and end, in the order of time, a column that leaves room for the labels. */
        private void place() {
            List<End> order = new ArrayList<>();
            for (Mark mark : marks) {
                order.add(new End(mark.from(), true, mark));
                order.add(new End(mark.to(), false, mark));
            }
            order.sort(Comparator.comparingLong(End::at).thenComparing(end -> !end.start()));
            int column = 0;
            for (End end : order) {
                Integer start = starts.get(end.mark());
                if (end.start() || start == null) {
                    starts.put(end.mark(), column);
                } else {
                    column = Math.max(column, start + label(end.mark()).length() + 3);
                    ends.put(end.mark(), column);
                }
                column += 2;
                width = Math.max(width, column);
            }
        }

        String text() {
            Map<String, List<StringBuilder>> rows = new LinkedHashMap<>();
            int margin = 0;
            for (Mark mark : marks) {
                margin = Math.max(margin, mark.process().length() + 2);
                row(rows, mark).append(bar(mark));
            }
            StringBuilder text = new StringBuilder();
            for (Map.Entry<String, List<StringBuilder>> row : rows.entrySet()) {
                String name = row.getKey();
                for (StringBuilder line : row.getValue()) {
                    text.append(name)
                            .append(" ".repeat(margin - name.length()))
                            .append(line)
                            .append('\n');
                    name = "";
                }
            }
            return text.toString();
        }

        /** The first line of the process that is free at the mark's beginning, filled up to there. */
        private StringBuilder row(Map<String, List<StringBuilder>> rows, Mark mark) {
            List<StringBuilder> lines = rows.computeIfAbsent(mark.process(), process -> new ArrayList<>());
            int start = column(starts, mark);
            StringBuilder free = null;
            for (StringBuilder line : lines) {
                if (free == null && line.length() <= start) {
                    free = line;
                }
            }
            if (free == null) {
                free = new StringBuilder();
                lines.add(free);
            }
            return free.append(" ".repeat(start - free.length()));
        }

        private String bar(Mark mark) {
            int length = column(ends, mark) - column(starts, mark);
            String label = label(mark);
            if (mark.to() == Operation.NEVER) {
                return "|-" + label + " " + ".".repeat(Math.max(0, width - column(starts, mark) - label.length() - 3));
            }
            return mark.from() == mark.to()
                    ? "* " + label
                    : "|-" + label + "-".repeat(Math.max(0, length - label.length() - 2)) + "|";
        }

        private static int column(Map<Mark, @Nullable Integer> columns, Mark mark) {
            Integer column = columns.get(mark);
            return column == null ? 0 : column;
        }

        private static String label(Mark mark) {
            String label = mark.label();
            return label.length() <= MAX_LABEL ? label : label.substring(0, MAX_LABEL - 3) + "...";
        }
    }
}
