package dev.coord.chaos.run;

import dev.coord.chaos.Fault;
import dev.coord.chaos.FaultSource;
import dev.coord.chaos.Findings;
import dev.coord.chaos.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Which faults there are, which were asked for, and which this machine can do. */
final class Kinds {
    private final List<Fault> chosen = new ArrayList<>();
    private final Map<String, String> notRun = new TreeMap<>();

    Kinds(List<String> asked, Machine machine, List<Fault> more, Findings findings) {
        List<Fault> all = new ArrayList<>(more);
        ServiceLoader.load(FaultSource.class).forEach(source -> all.addAll(source.faults()));
        for (Fault fault : all) {
            if (asked.isEmpty() && !fault.isUsual()) {
                notRun.put(fault.kind(), "it is injected only if asked for by its name");
            } else if (asked.isEmpty() || asked.contains(fault.kind())) {
                Optional<String> obstacle = fault.obstacle(machine);
                obstacle.ifPresentOrElse(reason -> notRun.put(fault.kind(), reason), () -> chosen.add(fault));
            }
        }
        for (String kind : asked) {
            if (!notRun.containsKey(kind)
                    && chosen.stream().noneMatch(fault -> fault.kind().equals(kind))) {
                findings.add("there is no fault " + kind + "; there are "
                        + all.stream().map(Fault::kind).toList());
            }
        }
    }

    List<Fault> chosen() {
        return chosen;
    }

    Map<String, String> notRun() {
        return notRun;
    }
}
