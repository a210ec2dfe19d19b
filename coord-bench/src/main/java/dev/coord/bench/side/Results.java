package dev.coord.bench.side;

import dev.coord.bench.Load;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** What was measured in the rounds. */
final class Results {
    private final Map<Cell, List<Load.Figures>> measured = new LinkedHashMap<>();

    /** A work of a contestant. */
    record Cell(Contestant who, String work) {}

    void note(Contestant who, String work, Load.Figures figures) {
        measured.computeIfAbsent(new Cell(who, work), cell -> new ArrayList<>()).add(figures);
    }

    Set<Cell> cells() {
        return measured.keySet();
    }

    /** Returns the median of the rounds, empty if it was not measured. */
    OptionalDouble median(Contestant who, String work, Figure figure) {
        return Load.median(measured.getOrDefault(new Cell(who, work), List.of()), figure::of);
    }

    /** Returns the greatest of the rounds as a multiple of the least: 1 if they agree, or nothing was measured. */
    double spread(Contestant who, String work, Figure figure) {
        DoubleSummaryStatistics rounds = measured.getOrDefault(new Cell(who, work), List.of()).stream()
                .mapToDouble(figure::of)
                .summaryStatistics();
        return rounds.getMin() > 0 && rounds.getCount() > 0 ? rounds.getMax() / rounds.getMin() : 1;
    }
}
