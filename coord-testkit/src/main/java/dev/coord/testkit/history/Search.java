package dev.coord.testkit.history;

import dev.coord.testkit.history.KeyHistory.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of the operations on one key that fits their replies and their real time (Wing and Gong 1993), and
 * remembers which sets of operations led to which state, so as to go no way twice (Lowe 2017). What is not sure to have
 * happened may be left out.
 */
final class Search {
    /** The ends of a search. */
    enum Result {
        /** There is such an order. */
        FOUND,
        /** There is none. */
        NONE,
        /** The budget ran out before it was known. */
        UNKNOWN
    }

    private final KeyHistory history;
    private final Part[] parts;
    private final Node head = new Node(-1, null);
    private final long[] taken;
    private final Set<Visit> visited = new HashSet<>();
    private final Deque<Frame> stack = new ArrayDeque<>();
    private long budget;
    private int state = KeyHistory.ABSENT;
    private int sureLeft;

    /** A call or a return in the list of what is left, in the order of time. */
    private static final class Node {
        final int part;
        final @Nullable Node ret;

        @Nullable
        Node before;

        @Nullable
        Node after;

        Node(int part, @Nullable Node ret) {
            this.part = part;
            this.ret = ret;
        }

        void lift() {
            if (before != null) {
                before.after = after;
            }
            if (after != null) {
                after.before = before;
            }
        }

        void unlift() {
            if (before != null) {
                before.after = this;
            }
            if (after != null) {
                after.before = this;
            }
        }
    }

    private record Frame(Node call, int way, int stateBefore) {}

    private static final class Visit {
        private final long[] taken;
        private final int state;

        Visit(long[] taken, int state) {
            this.taken = taken;
            this.state = state;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Visit visit && visit.state == state && Arrays.equals(visit.taken, taken);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(taken) + state;
        }
    }

    Search(KeyHistory history, List<Part> parts, long budget) {
        this.history = history;
        this.parts = parts.toArray(Part[]::new);
        this.budget = budget;
        this.taken = new long[(parts.size() + 63) / 64];
        link();
    }

    private record End(long at, Node node) {}

    private void link() {
        List<End> ends = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            Node ret = null;
            if (parts[i].isSure()) {
                sureLeft++;
                ret = new Node(-1, null);
                ends.add(new End(parts[i].ret(), ret));
            }
            ends.add(new End(parts[i].call(), new Node(i, ret)));
        }
        ends.sort(Comparator.comparingLong(End::at));
        Node last = head;
        for (End end : ends) {
            last.after = end.node();
            end.node().before = last;
            last = end.node();
        }
    }

    Result run() {
        Node node = head.after;
        int way = 0;
        while (sureLeft > 0) {
            if (budget-- <= 0) {
                return Result.UNKNOWN;
            }
            if (node != null && node.part >= 0) {
                if (take(node, way)) {
                    node = head.after;
                } else {
                    node = node.after;
                }
                way = 0;
                continue;
            }
            // At a return, or the end: whatever comes later was called too late to come first.
            Frame frame = stack.poll();
            if (frame == null) {
                return Result.NONE;
            }
            giveBack(frame);
            node = frame.call();
            way = frame.way() + 1;
        }
        return Result.FOUND;
    }

    /** Lets an operation come next, in the first way from a given one on that fits and leads to something new. */
    private boolean take(Node call, int firstWay) {
        Part part = parts[call.part];
        for (int way = firstWay; way < part.ways().size(); way++) {
            int next = history.after(state, part.ways().get(way));
            if (next != KeyHistory.ANY) {
                taken[call.part >> 6] |= 1L << call.part;
                if (visited.add(new Visit(taken.clone(), next))) {
                    stack.push(new Frame(call, way, state));
                    state = next;
                    sureLeft -= part.isSure() ? 1 : 0;
                    call.lift();
                    if (call.ret != null) {
                        call.ret.lift();
                    }
                    return true;
                }
                taken[call.part >> 6] &= ~(1L << call.part);
            }
        }
        return false;
    }

    private void giveBack(Frame frame) {
        Node call = frame.call();
        if (call.ret != null) {
            call.ret.unlift();
        }
        call.unlift();
        state = frame.stateBefore();
        sureLeft += parts[call.part].isSure() ? 1 : 0;
        taken[call.part >> 6] &= ~(1L << call.part);
    }
}
