package dev.coord.recipes.causality;

/**
 * How many events are known at each point of the unit interval (Almeida et al. 2008, section 5): a base for all of it, plus what
 * the halves count beyond. A leaf has halves that count nothing, so that a leaf need not be split to be treated as a node. Always
 * in normal form: a half of each node has base 0, and no node has two equal leaves; so the base is the least count. Immutable.
 */
final class EventTree {
    /** The greatest count, so that a number and a sign have room in 63 bits. */
    static final long MAX_COUNT = Long.MAX_VALUE >> 1;

    static final EventTree ZERO = new EventTree();

    private final long base;
    private final EventTree left;
    private final EventTree right;
    private final long height;

    private EventTree() {
        base = 0;
        left = this;
        right = this;
        height = 0;
    }

    private EventTree(long base, EventTree left, EventTree right) {
        this.base = base;
        this.left = left;
        this.right = right;
        this.height = base + Math.max(left.height, right.height);
        if (height > MAX_COUNT) {
            throw new IllegalStateException("more than " + MAX_COUNT + " events");
        }
    }

    private static EventTree leaf(long count) {
        return new EventTree(count, ZERO, ZERO);
    }

    /** The normal form of a node (section 5.2); two equal leaves sink to nothing, which makes it a leaf. */
    private static EventTree node(long base, EventTree left, EventTree right) {
        long least = Math.min(left.base, right.base);
        return new EventTree(base + least, left.lift(-least), right.lift(-least));
    }

    private EventTree lift(long by) {
        return by == 0 ? this : new EventTree(base + by, left, right);
    }

    private boolean isLeaf() {
        return height == base;
    }

    /** Whether at no point more is known here than there (section 5.3, leq). */
    boolean isAtMost(EventTree other) {
        return isAtMost(0, other, 0);
    }

    private boolean isAtMost(long below, EventTree other, long belowOther) {
        long mine = below + base;
        long theirs = belowOther + other.base;
        if (mine > theirs) {
            return false;
        }
        if (isLeaf() || other.isLeaf()) {
            return isLeaf() || below + height <= theirs;
        }
        return left.isAtMost(mine, other.left, theirs) && right.isAtMost(mine, other.right, theirs);
    }

    /** The greater of both counts at each point (section 5.3, join). */
    EventTree join(EventTree other) {
        if (base > other.base) {
            return other.join(this);
        }
        if (isLeaf() && other.isLeaf()) {
            return other;
        }
        long more = other.base - base;
        return node(base, left.join(other.left.lift(more)), right.join(other.right.lift(more)));
    }

    /** One more event of whoever owns something: simpler if that can be had by filling, else one more at a cheap place. */
    EventTree event(IdTree id) {
        EventTree filled = fill(id);
        return filled.equals(this) ? grow(id).tree : filled;
    }

    /** Raises what is owned to what lies beside it, so that the tree gets simpler (section 5.3, fill). */
    private EventTree fill(IdTree id) {
        if (id.isNothing() || isLeaf()) {
            return this;
        }
        if (id.isAll()) {
            return leaf(height);
        }
        EventTree newLeft = left.fill(id.left());
        EventTree newRight = right.fill(id.right());
        if (id.left().isAll()) {
            newLeft = leaf(Math.max(newLeft.height, newRight.base));
        } else if (id.right().isAll()) {
            newRight = leaf(Math.max(newRight.height, newLeft.base));
        }
        return node(base, newLeft, newRight);
    }

    /** A grown tree, with what it cost: splits above all, then depth. */
    private record Grown(EventTree tree, long cost) {
        static final long SPLIT = IdTree.MAX_DEPTH + 1L;
    }

    /** Adds one event where it costs least (section 5.3, grow); the id owns something. */
    private Grown grow(IdTree id) {
        if (id.isAll() && isLeaf()) {
            return new Grown(leaf(base + 1), 0);
        }
        long cost = isLeaf() ? 1 + Grown.SPLIT : 1;
        if (id.left().isNothing()) {
            return grownRight(right.grow(id.right()), cost);
        }
        if (id.right().isNothing()) {
            return grownLeft(left.grow(id.left()), cost);
        }
        Grown onLeft = left.grow(id.left());
        Grown onRight = right.grow(id.right());
        return onLeft.cost < onRight.cost ? grownLeft(onLeft, cost) : grownRight(onRight, cost);
    }

    private Grown grownLeft(Grown half, long cost) {
        return new Grown(node(base, half.tree, right), half.cost + cost);
    }

    private Grown grownRight(Grown half, long cost) {
        return new Grown(node(base, left, half.tree), half.cost + cost);
    }

    void writeTo(ClockWriter out) {
        out.number((base << 1) | (isLeaf() ? 0 : 1));
        if (!isLeaf()) {
            left.writeTo(out);
            right.writeTo(out);
        }
    }

    static EventTree read(ClockReader in, int level) {
        int start = in.at();
        long sign = in.number();
        if ((sign & 1) == 0) {
            return leaf(sign >> 1);
        }
        if (level == IdTree.MAX_DEPTH) {
            throw in.malformed(start, "events deeper than " + IdTree.MAX_DEPTH);
        }
        EventTree left = read(in, level + 1);
        EventTree right = read(in, level + 1);
        String objection = objection(sign >> 1, left, right);
        if (!objection.isEmpty()) {
            throw in.malformed(start, objection);
        }
        return node(sign >> 1, left, right);
    }

    static EventTree parse(TextReader in, int level) {
        int start = in.at();
        if (!in.skip('(')) {
            long count = in.number();
            if (count > MAX_COUNT) {
                throw in.malformed(start, "more than " + MAX_COUNT + " events");
            }
            return leaf(count);
        }
        if (level == IdTree.MAX_DEPTH) {
            throw in.malformed(start, "events deeper than " + IdTree.MAX_DEPTH);
        }
        long base = in.number();
        in.expect(',');
        EventTree left = parse(in, level + 1);
        in.expect(',');
        EventTree right = parse(in, level + 1);
        in.expect(')');
        String objection = objection(base, left, right);
        if (!objection.isEmpty()) {
            throw in.malformed(start, objection);
        }
        return node(base, left, right);
    }

    private static String objection(long base, EventTree left, EventTree right) {
        if (Math.min(left.base, right.base) > 0 || (left.height == 0 && right.height == 0)) {
            return "events that are not in normal form";
        }
        return base > MAX_COUNT - Math.max(left.height, right.height) ? "more than " + MAX_COUNT + " events" : "";
    }

    @Override
    public boolean equals(Object object) {
        if (this == object) {
            return true;
        }
        return object instanceof EventTree other
                && base == other.base
                && height == other.height
                && (isLeaf() || (left.equals(other.left) && right.equals(other.right)));
    }

    @Override
    public int hashCode() {
        return isLeaf() ? Long.hashCode(base) : 31 * (31 * left.hashCode() + right.hashCode()) + Long.hashCode(base);
    }

    @Override
    public String toString() {
        return appendTo(new StringBuilder()).toString();
    }

    StringBuilder appendTo(StringBuilder text) {
        if (isLeaf()) {
            return text.append(base);
        }
        left.appendTo(text.append('(').append(base).append(','));
        return right.appendTo(text.append(',')).append(')');
    }
}
