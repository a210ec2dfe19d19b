package dev.coord.recipes.assignment;

import dev.coord.recipes.assignment.AssignmentView.Registration;
import dev.coord.recipes.assignment.AssignmentView.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whom an elected leader counts as there: the members, and for a while those who have targets and are absent, as they perhaps
 * only restart. Whoever said that it leaves is not waited for. Lives as long as the term.
 */
final class Absences {
    private final Participation all;
    private final Runnable onGone;
    private final Map<String, Registration> seen = new HashMap<>();
    /** Who is waited for, with a number for each time that begins. */
    private final Map<String, Long> expected = new HashMap<>();

    private final Set<String> gone = new HashSet<>();
    private long waits;
    private boolean over;

    Absences(Participation all, Runnable onGone) {
        this.all = all;
        this.onGone = onGone;
    }

    /** Takes in who is there. */
    void note() {
        Map<String, Registration> present = all.view().members();
        seen.putAll(present);
        expected.keySet().removeAll(present.keySet());
        gone.removeAll(present.keySet());
        Set<String> wanted = new HashSet<>();
        for (Target target : all.view().targets().values()) {
            if (wanted.add(target.member()) && !present.containsKey(target.member())) {
                missing(target.member());
            }
        }
        wanted.addAll(present.keySet());
        seen.keySet().retainAll(wanted);
        expected.keySet().retainAll(wanted);
        gone.retainAll(wanted);
    }

    private void missing(String name) {
        Registration last = seen.get(name);
        if (gone.contains(name) || expected.containsKey(name)) {
            return;
        }
        if ((last != null && last.leaving()) || all.settings().restartGrace().isZero()) {
            gone.add(name);
            return;
        }
        long wait = ++waits;
        expected.put(name, wait);
        all.later(all.settings().restartGrace(), () -> {
            if (!over && expected.remove(name, wait)) {
                gone.add(name);
                onGone.run();
            }
        });
    }

    void end() {
        over = true;
    }

    /** Whether someone is waited for whose weight is not known, as it was absent before this term began. */
    boolean isAnyUnknown() {
        return !seen.keySet().containsAll(expected.keySet());
    }

    /** Those who count as there, in the order of names. */
    List<WeightedMember> there() {
        Map<String, Registration> there = new TreeMap<>(all.view().members());
        expected.keySet().forEach(name -> {
            Registration last = seen.get(name);
            if (last != null) {
                there.put(name, last);
            }
        });
        List<WeightedMember> members = new ArrayList<>();
        there.forEach((name, registration) -> {
            if (!registration.leaving()) {
                members.add(new WeightedMember(name, registration.weight()));
            }
        });
        return members;
    }
}
