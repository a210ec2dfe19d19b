package dev.coord.chaos.run;

import java.util.List;
import java.util.TreeSet;

/** A report for people. */
record ReportText(Report report) {

    String text() {
        StringBuilder out = new StringBuilder("# Chaos: ");
        out.append(report.isRight() ? "no violation" : report.findings().count() + " findings")
                .append("\n\n`")
                .append(report.settings().command())
                .append("` on ")
                .append(report.commit())
                .append("\n\n");
        summary(out);
        faults(out);
        if (!report.isRight()) {
            out.append("\n## Findings\n");
            report.findings()
                    .all()
                    .forEach(finding -> out.append("\n```\n").append(finding).append("\n```\n"));
        }
        usage(out);
        counts(out);
        events(out);
        if (!report.troubles().isEmpty()) {
            out.append("\n## Errors in the peers' logs\n\n```\n")
                    .append(String.join("\n", report.troubles()))
                    .append("\n```\n");
        }
        return out.toString();
    }

    private void summary(StringBuilder out) {
        row(out, "figure", "value");
        row(out, "---", "---");
        row(out, "peers", report.settings().peers());
        row(out, "seconds of load", Math.round(report.seconds()));
        row(out, "operations", report.operations());
        row(out, "operations a second", Math.round(report.operations() / Math.max(1, report.seconds())));
        row(out, "faults proven", report.proven() + " of " + report.events().size());
        row(
                out,
                "failover p50, p99 (" + report.failovers().length + " leaders lost)",
                report.failover(0.5) + " ms, " + report.failover(0.99) + " ms");
        row(out, "longest time without a write", report.longestGapMillis() + " ms");
        row(out, "the driver itself did not run for", report.stalledMillis() + " ms");
        row(out, "a key outlived its lease by at most", report.lateLeaseMillis() + " ms");
    }

    private void usage(StringBuilder out) {
        if (!report.usage().isEmpty()) {
            out.append("\n## What the peers took, and slopes an hour\n\n");
            report.usage()
                    .forEach((peer, figures) -> out.append("* ")
                            .append(peer)
                            .append(": ")
                            .append(JsonText.of(figures))
                            .append('\n'));
        }
    }

    private static void row(StringBuilder out, Object... cells) {
        out.append('|');
        for (Object cell : cells) {
            out.append(' ').append(cell).append(" |");
        }
        out.append('\n');
    }

    private void faults(StringBuilder out) {
        out.append("\n## Faults\n\n");
        row(out, "kind", "proven", "of a leader", "longest gap");
        row(out, "---", "---:", "---:", "---:");
        for (String kind :
                new TreeSet<>(report.events().stream().map(Event::kind).toList())) {
            List<Event> own = report.events().stream()
                    .filter(event -> event.kind().equals(kind))
                    .toList();
            row(
                    out,
                    kind,
                    own.stream().filter(event -> event.proof().happened()).count() + " of " + own.size(),
                    own.stream().filter(Event::leading).count(),
                    own.stream().mapToLong(Event::gapMillis).max().orElse(0) + " ms");
        }
        report.notRun().forEach((kind, reason) -> row(out, kind, "not run", "", reason));
    }

    private void counts(StringBuilder out) {
        out.append("\n## What was done\n\n");
        row(out, "what", "times");
        row(out, "---", "---:");
        report.counts().forEach((what, times) -> row(out, what, times));
    }

    private void events(StringBuilder out) {
        out.append("\n## Each fault\n\n");
        row(out, "at", "kind", "target", "lasted", "gap", "whole after", "proof");
        row(out, "---:", "---", "---", "---:", "---:", "---:", "---");
        for (Event event : report.events()) {
            row(
                    out,
                    event.atMillis() / 1_000 + " s",
                    event.kind(),
                    event.target() + (event.leading() ? " (leader)" : ""),
                    event.lastedMillis() + " ms",
                    event.gapMillis() + " ms" + (event.stalled() ? " (driver stalled)" : ""),
                    event.wholeMillis() + " ms",
                    (event.proof().happened() ? "" : "NONE: ") + event.proof().evidence());
        }
    }
}
