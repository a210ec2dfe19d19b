package dev.coord.raft.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random histories of an agenda, compared with a list that is sorted. */
class AgendaProperties {
    private static final int ITEMS = 12;
    private static final long SPAN = 40;

    private record Noted(int item, long at) {}

    @Property(tries = 300)
    void agenda_randomHistory_matchesASortedList(@ForAll long seed, @ForAll boolean clockWraps) {
        SplittableRandom random = new SplittableRandom(seed);
        long origin = clockWraps ? Long.MAX_VALUE - SPAN / 2 : random.nextLong(1000);
        Agenda<Integer> agenda = new Agenda<>();
        List<Noted> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int item = random.nextInt(ITEMS);
            long moment = origin + random.nextLong(SPAN);
            switch (random.nextInt(5)) {
                case 0 -> {
                    agenda.remove(item);
                    expected.removeIf(noted -> noted.item == item);
                }
                case 1 -> {
                    int most = random.nextInt(4);
                    assertThat(agenda.takeDue(moment, most)).isEqualTo(takeDue(expected, moment, most));
                }
                default -> {
                    agenda.put(item, moment);
                    expected.removeIf(noted -> noted.item == item);
                    expected.add(new Noted(item, moment));
                    expected.sort(Comparator.comparing(noted -> noted.at - origin));
                }
            }
            assertThat(agenda.isEmpty()).isEqualTo(expected.isEmpty());
            assertThat(agenda.dueIn(moment))
                    .isEqualTo(expected.isEmpty() ? Long.MAX_VALUE : expected.get(0).at - moment);
        }
    }

    private static List<Integer> takeDue(List<Noted> from, long moment, int most) {
        List<Integer> due = new ArrayList<>();
        while (due.size() < most && !from.isEmpty() && from.get(0).at - moment <= 0) {
            due.add(from.remove(0).item);
        }
        return due;
    }
}
