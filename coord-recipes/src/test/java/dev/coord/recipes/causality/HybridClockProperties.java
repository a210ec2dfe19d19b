package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/** Clocks on wall clocks that jump about, against the paper's algorithm written out case by case. */
class HybridClockProperties extends Seeded {
    private static final int PROCESSES = 3;
    private static final int DRIFT = 5;

    private final long[] wall = new long[PROCESSES];
    private final HybridClock[] clocks = new HybridClock[PROCESSES];
    private final HybridTime[] last = new HybridTime[PROCESSES];

    @Property(tries = 100_000, shrinking = ShrinkingMode.OFF)
    void stamp_growsAlongEveryMessage_andStaysWithinTheDrift_orIsRefused(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        start(random);
        List<HybridTime> sent = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int p = random.nextInt(PROCESSES);
            wall[p] += random.nextInt(4) == 0 ? random.nextInt(21) - 10 : random.nextInt(2);
            HybridTime heard = sent.isEmpty() || random.nextBoolean() ? null : Stamps.one(random, sent);
            HybridTime expected = expected(last[p], wall[p], heard);
            HybridTime given = stamp(clocks[p], heard);
            boolean agreed = expected.millis() - wall[p] > DRIFT ? given == null : expected.equals(given);
            boolean promised = given == null || isPromised(given, last[p], wall[p], heard);
            if (!agreed || !promised) {
                assertThat(agreed && promised)
                        .as(
                                "last %s, wall %d, heard %s, expected %s, given %s",
                                last[p], wall[p], heard, expected, given)
                        .isTrue();
            }
            if (given != null) {
                last[p] = given;
                sent.add(given);
            }
        }
    }

    /** Near the end of a counter, so that it gets full. */
    private void start(Random random) {
        for (int p = 0; p < PROCESSES; p++) {
            int process = p;
            wall[p] = 1000 + random.nextInt(8);
            last[p] = new HybridTime(1000, HybridTime.MAX_COUNTER - random.nextInt(6));
            clocks[p] = HybridClock.startingAfter(() -> wall[process], Duration.ofMillis(DRIFT), last[p]);
        }
    }

    private static @Nullable HybridTime stamp(HybridClock clock, @Nullable HybridTime heard) {
        try {
            return heard == null ? clock.now() : clock.receive(heard);
        } catch (ClockDriftException e) {
            return null;
        }
    }

    private static boolean isPromised(HybridTime given, HybridTime last, long wall, @Nullable HybridTime heard) {
        return last.isBefore(given)
                && (heard == null || heard.isBefore(given))
                && given.millis() >= wall
                && given.millis() - wall <= DRIFT;
    }

    /** Kulkarni et al. 2014: l and c of the next event; a full c moves on to the next l. */
    private static HybridTime expected(HybridTime last, long wall, @Nullable HybridTime heard) {
        long heardMillis = heard == null ? Long.MIN_VALUE : heard.millis();
        long l = Math.max(Math.max(last.millis(), heardMillis), wall);
        int c;
        if (l == last.millis() && l == heardMillis) {
            c = Math.max(last.counter(), heard.counter()) + 1;
        } else if (l == last.millis()) {
            c = last.counter() + 1;
        } else if (l == heardMillis) {
            c = heard.counter() + 1;
        } else {
            c = 0;
        }
        return c > HybridTime.MAX_COUNTER ? new HybridTime(l + 1, 0) : new HybridTime(l, c);
    }
}
