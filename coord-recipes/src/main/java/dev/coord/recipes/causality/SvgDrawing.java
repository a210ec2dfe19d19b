package dev.coord.recipes.causality;

import dev.coord.recipes.causality.SpaceTimeDiagram.Event;
import java.util.List;
import java.util.Locale;

/** Draws a run: processes side by side, Lamport times one above the other. All numbers are whole, so no locale matters. */
final class SvgDrawing {
    private static final int MARGIN = 40;
    private static final int ROW = 40;
    private static final int LEAST_COLUMN = 140;
    private static final int CHARACTER = 8;
    private static final int DOT = 4;
    private static final int BESIDE = 10;

    private final List<String> processes;
    private final List<Step> steps;
    private final int column;
    private final int height;
    private final StringBuilder svg = new StringBuilder();

    SvgDrawing(List<String> processes, List<Step> steps) {
        this.processes = processes;
        this.steps = steps;
        int longest = steps.stream()
                .mapToInt(step -> step.event().label().length())
                .max()
                .orElse(0);
        this.column = Math.max(LEAST_COLUMN, longest * CHARACTER + 2 * BESIDE);
        long last =
                steps.isEmpty() ? 0 : steps.get(steps.size() - 1).event().time().time();
        this.height = 2 * MARGIN + ROW * ((int) last + 1);
    }

    String draw() {
        int width = MARGIN + column * processes.size();
        element(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"13\">",
                width, height, width, height);
        element("<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"14\" refY=\"5\" markerWidth=\"8\""
                + " markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" fill=\"#06c\"/></marker></defs>");
        element("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>", width, height);
        processes.forEach(this::line);
        steps.forEach(this::arrow);
        steps.forEach(this::dot);
        element("</svg>");
        return svg.toString();
    }

    private void line(String process) {
        int x = x(process);
        element("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#888\"/>", x, MARGIN / 2, x, height - MARGIN);
        element(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" font-weight=\"bold\">%s</text>",
                x, height - MARGIN / 2, escape(process));
    }

    private void arrow(Step received) {
        Step sent = received.sent();
        if (sent != null) {
            Event from = sent.event();
            Event to = received.event();
            element(
                    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#06c\" marker-end=\"url(#head)\">"
                            + "<title>%s</title></line>",
                    x(from.process()), y(from), x(to.process()), y(to), escape(received.message()));
        }
    }

    private void dot(Step step) {
        Event event = step.event();
        int x = x(event.process());
        int y = y(event);
        element(
                "<circle cx=\"%d\" cy=\"%d\" r=\"%d\"><title>%s</title></circle>",
                x, y, DOT, escape(event.time() + " " + event.clock()));
        element(
                "<text x=\"%d\" y=\"%d\" stroke=\"#fff\" stroke-width=\"4\" paint-order=\"stroke\">%s</text>",
                x + BESIDE, y + DOT, escape(event.label()));
    }

    private int x(String process) {
        return MARGIN + column * processes.indexOf(process);
    }

    private int y(Event event) {
        return height - MARGIN - ROW * (int) event.time().time();
    }

    /** The values are whole numbers and text that is escaped already. */
    private void element(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** Text that may stand between tags; what XML cannot hold at all becomes U+FFFD (XML 1.0, section 2.2). */
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                default -> escaped.appendCodePoint(isXml(c) ? c : 0xfffd);
            }
        });
        return escaped.toString();
    }

    private static boolean isXml(int c) {
        return (c >= ' ' && c < 0xd800) || c == '\t' || c == '\n' || (c >= 0xe000 && c < 0xfffe) || c > 0xffff;
    }
}
