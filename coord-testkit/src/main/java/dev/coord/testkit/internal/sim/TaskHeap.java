package dev.coord.testkit.internal.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tasks by the time they are due and then by number: a binary heap in which each task knows its place, to be cancelled. */
final class TaskHeap {
    private @Nullable SimTask[] tasks = new SimTask[64];
    private int size;

    @Nullable
    SimTask peek() {
        return tasks[0];
    }

    void add(SimTask task) {
        if (size == tasks.length) {
            tasks = Arrays.copyOf(tasks, 2 * size);
        }
        up(size++, task);
    }

    void remove(SimTask task) {
        int place = task.place;
        if (place < 0) {
            return;
        }
        task.place = -1;
        SimTask last = at(--size);
        tasks[size] = null;
        if (last != task) {
            up(place, last);
            down(last.place, last);
        }
    }

    List<SimTask> find(Predicate<SimTask> wanted) {
        List<SimTask> found = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            if (wanted.test(at(i))) {
                found.add(at(i));
            }
        }
        return found;
    }

    private SimTask at(int place) {
        SimTask task = tasks[place];
        if (task == null) {
            throw new AssertionError("no task at " + place + " of " + size);
        }
        return task;
    }

    private void up(int from, SimTask task) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            SimTask above = at(parent);
            if (!task.isBefore(above)) {
                break;
            }
            put(place, above);
            place = parent;
        }
        put(place, task);
    }

    private void down(int from, SimTask task) {
        int place = from;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && at(child + 1).isBefore(at(child))) {
                child++;
            }
            if (!at(child).isBefore(task)) {
                break;
            }
            put(place, at(child));
            place = child;
        }
        put(place, task);
    }

    private void put(int place, SimTask task) {
        tasks[place] = task;
        task.place = place;
    }
}
