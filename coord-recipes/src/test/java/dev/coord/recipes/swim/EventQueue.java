package dev.coord.recipes.swim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is to happen in virtual time, in the order of time and then of arrival: a heap of slots, nothing allocated for each. */
final class EventQueue {
    private int[] heap = new int[1024];
    private int[] free = new int[1024];
    private long[] times = new long[1024];
    private long[] numbers = new long[1024];
    private int[] kinds = new int[1024];
    private int[] tos = new int[1024];
    private int[] froms = new int[1024];
    private @Nullable Object[] loads = new Object[1024];
    private int size;
    private int freeCount;
    private int slots;
    private long pushed;

    /** What the last one taken is. */
    long time;

    int kind;
    int to;
    int from;

    @Nullable
    Object load;

    boolean isEmpty() {
        return size == 0;
    }

    long nextTime() {
        return size == 0 ? Long.MAX_VALUE : times[heap[0]];
    }

    void push(long at, int what, int target, int source, @Nullable Object what2) {
        int slot = freeCount > 0 ? free[--freeCount] : newSlot();
        times[slot] = at;
        numbers[slot] = pushed++;
        kinds[slot] = what;
        tos[slot] = target;
        froms[slot] = source;
        loads[slot] = what2;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        siftUp(size++, slot);
    }

    private int newSlot() {
        if (slots == times.length) {
            int more = 2 * slots;
            times = Arrays.copyOf(times, more);
            numbers = Arrays.copyOf(numbers, more);
            kinds = Arrays.copyOf(kinds, more);
            tos = Arrays.copyOf(tos, more);
            froms = Arrays.copyOf(froms, more);
            loads = Arrays.copyOf(loads, more);
            free = Arrays.copyOf(free, more);
        }
        return slots++;
    }

    /** Takes the next one into the fields. */
    void take() {
        int slot = heap[0];
        time = times[slot];
        kind = kinds[slot];
        to = tos[slot];
        from = froms[slot];
        load = loads[slot];
        loads[slot] = null;
        free[freeCount++] = slot;
        int last = heap[--size];
        if (size > 0) {
            siftDown(last);
        }
    }

    private boolean before(int one, int other) {
        return times[one] != times[other] ? times[one] < times[other] : numbers[one] < numbers[other];
    }

    private void siftUp(int start, int slot) {
        int at = start;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!before(slot, heap[parent])) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = slot;
    }

    private void siftDown(int slot) {
        int at = 0;
        int child;
        while ((child = 2 * at + 1) < size) {
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], slot)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = slot;
    }
}
