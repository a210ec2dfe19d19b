package dev.coord.recipes.causality;

/**
 * Which part of the unit interval a stamp owns (Almeida et al. 2008, section 5): nothing, everything, or the parts of its halves
 * that its children own. A leaf is its own two halves, as owning all is owning both halves, so that a leaf need not be split to be
 * treated as a node. Always in normal form: no node has two equal leaves. Immutable.
 */
final class IdTree {
    static final IdTree NOTHING = new IdTree(false);
    static final IdTree ALL = new IdTree(true);

    /** How deep a tree may be, so that recursion is bounded; a fork adds one level at most. */
    static final int MAX_DEPTH = 1000;

    private static final int NODE = 2;

    private final IdTree left;
    private final IdTree right;
    private final int depth;
    private final boolean all;

    private IdTree(boolean all) {
        left = this;
        right = this;
        depth = 0;
        this.all = all;
    }

    private IdTree(IdTree left, IdTree right) {
        this.left = left;
        this.right = right;
        this.depth = 1 + Math.max(left.depth, right.depth);
        this.all = false;
    }

    /** The normal form of a node. */
    private static IdTree node(IdTree left, IdTree right) {
        return left.isLeaf() && left.equals(right) ? left : new IdTree(left, right);
    }

    IdTree left() {
        return left;
    }

    IdTree right() {
        return right;
    }

    private boolean isLeaf() {
        return depth == 0;
    }

    boolean isNothing() {
        return isLeaf() && !all;
    }

    boolean isAll() {
        return all;
    }

    boolean isTooDeep() {
        return depth > MAX_DEPTH;
    }

    /** The left part of two into which this is split (section 5.3, split); both are something if this is. */
    IdTree firstHalf() {
        if (all || !(left.isNothing() || right.isNothing())) {
            return node(left, NOTHING);
        }
        return node(left.firstHalfOrNothing(), right.firstHalfOrNothing());
    }

    /** The right part of the two. */
    IdTree secondHalf() {
        if (all || !(left.isNothing() || right.isNothing())) {
            return node(NOTHING, right);
        }
        return node(left.secondHalfOrNothing(), right.secondHalfOrNothing());
    }

    private IdTree firstHalfOrNothing() {
        return isNothing() ? this : firstHalf();
    }

    private IdTree secondHalfOrNothing() {
        return isNothing() ? this : secondHalf();
    }

    boolean overlaps(IdTree other) {
        if (isNothing() || other.isNothing()) {
            return false;
        }
        return isLeaf() || other.isLeaf() || left.overlaps(other.left) || right.overlaps(other.right);
    }

    /** What both own together (section 5.3, sum), if they do not overlap. */
    IdTree sum(IdTree other) {
        if (isNothing()) {
            return other;
        }
        return other.isNothing() ? this : node(left.sum(other.left), right.sum(other.right));
    }

    void writeTo(ClockWriter out) {
        if (isLeaf()) {
            out.number(all ? 1 : 0);
        } else {
            out.number(NODE);
            left.writeTo(out);
            right.writeTo(out);
        }
    }

    static IdTree read(ClockReader in, int level) {
        int start = in.at();
        long sign = in.number();
        if (sign < NODE) {
            return sign == 0 ? NOTHING : ALL;
        }
        if (sign > NODE || level == MAX_DEPTH) {
            throw in.malformed(start, sign > NODE ? "not part of an id" : "an id deeper than " + MAX_DEPTH);
        }
        IdTree node = node(read(in, level + 1), read(in, level + 1));
        if (node.isLeaf()) {
            throw in.malformed(start, "an id that is not in normal form");
        }
        return node;
    }

    static IdTree parse(TextReader in, int level) {
        int start = in.at();
        if (!in.skip('(')) {
            if (in.skip('0')) {
                return NOTHING;
            }
            in.expect('1');
            return ALL;
        }
        if (level == MAX_DEPTH) {
            throw in.malformed(start, "an id deeper than " + MAX_DEPTH);
        }
        IdTree left = parse(in, level + 1);
        in.expect(',');
        IdTree node = node(left, parse(in, level + 1));
        in.expect(')');
        if (node.isLeaf()) {
            throw in.malformed(start, "an id that is not in normal form");
        }
        return node;
    }

    @Override
    public boolean equals(Object object) {
        if (this == object) {
            return true;
        }
        return object instanceof IdTree other
                && depth == other.depth
                && all == other.all
                && (isLeaf() || (left.equals(other.left) && right.equals(other.right)));
    }

    @Override
    public int hashCode() {
        return isLeaf() ? Boolean.hashCode(all) : 31 * left.hashCode() + right.hashCode();
    }

    @Override
    public String toString() {
        return appendTo(new StringBuilder()).toString();
    }

    StringBuilder appendTo(StringBuilder text) {
        if (isLeaf()) {
            return text.append(all ? '1' : '0');
        }
        left.appendTo(text.append('('));
        return right.appendTo(text.append(',')).append(')');
    }
}
