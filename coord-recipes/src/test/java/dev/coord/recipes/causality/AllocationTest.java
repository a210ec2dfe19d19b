package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Comparing makes no garbage, compiled or not. */
class AllocationTest {
    private static final int TIMES = 50_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void compare_allocatesNothing() {
        VectorClock one = VectorClock.of(Map.of("p", 3L, "q", 1L, "s", 7L));
        assertNoGarbage(one, one.tick("p").merge(VectorClock.of(Map.of("r", 4L))));
        VersionVector past = VersionVector.of(Map.of("a", 3L, "b", 200L));
        assertNoGarbage(past, past.increment("c"));
        assertNoGarbage(new DottedVersionVector(new Dot("a", 4), past), new DottedVersionVector(new Dot("c", 1), past));
        assertNoGarbage(new LamportClock(400, "p"), new LamportClock(400, "q"));
        assertNoGarbage(new HybridTime(400, 3), new HybridTime(400, 4));
        assertNoGarbage(
                IntervalTreeClock.parse("(1,0);(1,(0,1,0),1)"), IntervalTreeClock.parse("(0,1);(0,3,(0,400,0))"));
    }

    private static <T extends PartiallyOrdered<T>> void assertNoGarbage(T a, T b) {
        count(a, b, TIMES / 10);
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        int concurrent = count(a, b, TIMES);
        long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(concurrent).isIn(0, TIMES);
        assertThat(allocated)
                .as("bytes for %d comparisons of %s and %s", TIMES, a, b)
                .isLessThan(TIMES);
    }

    private static <T extends PartiallyOrdered<T>> int count(T a, T b, int times) {
        int concurrent = 0;
        for (int i = 0; i < times; i++) {
            concurrent += a.compare(b) == Causality.CONCURRENT ? 1 : 0;
        }
        return concurrent;
    }
}
