package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Stamps against causal histories, which are sets of events, under any forks, joins, events and messages. */
class IntervalTreeClockProperties extends Seeded {

    /** A stamp with the events it ought to know of, as bits of a number. */
    private record Known(IntervalTreeClock stamp, long history) {}

    @Property(tries = 80_000, shrinking = ShrinkingMode.OFF)
    void stamp_isAtMostAnother_ifAndOnlyIfItsHistoryIs(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        List<Known> live = new ArrayList<>(List.of(new Known(IntervalTreeClock.seed(), 0)));
        List<Known> sent = new ArrayList<>(live);
        int events = 0;
        for (int i = random.nextInt(32); i > 0; i--) {
            int at = random.nextInt(live.size());
            switch (random.nextInt(6)) {
                case 0, 1 -> fork(live, at);
                case 2, 3 -> live.set(at, event(live.get(at), events++));
                case 4 -> {
                    Known message = new Known(live.get(at).stamp.peek(), live.get(at).history);
                    sent.add(message);
                }
                default -> joinOrReceive(live, at, random.nextBoolean() ? sent : live, random);
            }
        }
        check(live, sent);
        IntervalTreeClock all =
                live.stream().map(Known::stamp).reduce(IntervalTreeClock::join).orElseThrow();
        check(all.toString().startsWith("1;"), "everything is owned by somebody", all, all);
    }

    private static void fork(List<Known> live, int at) {
        Known known = live.get(at);
        IntervalTreeClock.Fork fork = known.stamp.fork();
        live.set(at, new Known(fork.left(), known.history));
        live.add(new Known(fork.right(), known.history));
    }

    private static Known event(Known known, int event) {
        IntervalTreeClock next = known.stamp.event();
        check(known.stamp.isBefore(next), "an event comes after", known.stamp, next);
        return new Known(next, known.history | 1L << event);
    }

    private static void joinOrReceive(List<Known> live, int at, List<Known> from, Random random) {
        int other = random.nextInt(from.size());
        Known mine = live.get(at);
        Known theirs = from.get(other);
        boolean leaves = from == live && other != at;
        IntervalTreeClock stamp = leaves ? theirs.stamp : theirs.stamp.peek();
        live.set(at, new Known(mine.stamp.join(stamp), mine.history | theirs.history));
        if (leaves) {
            live.remove(other);
        }
    }

    private static void check(List<Known> live, List<Known> sent) {
        List<Known> all = new ArrayList<>(live);
        all.addAll(sent);
        for (Known a : all) {
            for (Known b : live) {
                Causality expected = Causality.of((a.history & ~b.history) == 0, (b.history & ~a.history) == 0);
                check(a.stamp.compare(b.stamp) == expected, expected.name(), a.stamp, b.stamp);
            }
        }
    }

    private static void check(boolean holds, String claim, IntervalTreeClock a, IntervalTreeClock b) {
        if (!holds) {
            assertThat(holds).as("%s: %s and %s", claim, a, b).isTrue();
        }
    }
}
