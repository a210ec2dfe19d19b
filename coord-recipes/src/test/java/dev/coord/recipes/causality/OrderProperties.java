package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Each compare is a partial order, and each merge the join of it. */
class OrderProperties extends Seeded {

    @Property(tries = 70_000, shrinking = ShrinkingMode.OFF)
    void vectorClock_isAPartialOrder_withMergeAsItsJoin(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        checkJoin(VectorClock::merge, Stamps.vector(random), Stamps.vector(random), Stamps.vector(random));
    }

    @Property(tries = 60_000, shrinking = ShrinkingMode.OFF)
    void versionVector_isAPartialOrder_withMergeAsItsJoin(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        checkJoin(VersionVector::merge, Stamps.versions(random), Stamps.versions(random), Stamps.versions(random));
    }

    @Property(tries = 60_000, shrinking = ShrinkingMode.OFF)
    void siblings_areAPartialOrder_withMergeAsItsJoin(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        List<Siblings<String>> copies = Stamps.copies(random);
        checkJoin(Siblings::merge, Stamps.one(random, copies), Stamps.one(random, copies), Stamps.one(random, copies));
    }

    @Property(tries = 60_000, shrinking = ShrinkingMode.OFF)
    void intervalTreeClock_isAPartialOrder_withJoinAsItsJoin(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        List<IntervalTreeClock> stamps = Stamps.treeClocks(random);
        // What is known, apart from who owns what, which is no part of the order.
        checkJoin(
                IntervalTreeClock::join,
                Stamps.one(random, stamps).peek(),
                Stamps.one(random, stamps).peek(),
                Stamps.one(random, stamps).peek());
    }

    @Property(tries = 50_000, shrinking = ShrinkingMode.OFF)
    void lamportClock_isATotalOrder(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        checkTotal(Stamps.lamport(random), Stamps.lamport(random), Stamps.lamport(random));
    }

    @Property(tries = 50_000, shrinking = ShrinkingMode.OFF)
    void hybridTime_isATotalOrder(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        checkTotal(Stamps.hybrid(random), Stamps.hybrid(random), Stamps.hybrid(random));
    }

    private static <T extends PartiallyOrdered<T> & Comparable<T>> void checkTotal(T a, T b, T c) {
        checkOrder(a, b, c);
        check(a.compare(b) != Causality.CONCURRENT, "total", a, b, c);
        check(Integer.signum(a.compareTo(b)) == sign(a.compare(b)), "agrees with compareTo", a, b, c);
    }

    private static int sign(Causality causality) {
        return causality == Causality.BEFORE ? -1 : causality == Causality.AFTER ? 1 : 0;
    }

    static <T extends PartiallyOrdered<T>> void checkOrder(T a, T b, T c) {
        check(a.compare(a) == Causality.EQUAL, "reflexive", a, b, c);
        check(a.compare(b) == b.compare(a).reverse(), "antisymmetric", a, b, c);
        check((a.compare(b) == Causality.EQUAL) == a.equals(b), "equal only to itself", a, b, c);
        check(!a.isAtMost(b) || !b.isAtMost(c) || a.isAtMost(c), "transitive", a, b, c);
        check(a.isConcurrentWith(b) == !(a.isAtMost(b) || b.isAtMost(a)), "concurrent if unrelated", a, b, c);
        check(a.isBefore(b) == (a.isAtMost(b) && !b.isAtMost(a)), "before if strictly less", a, b, c);
    }

    private static <T extends PartiallyOrdered<T>> void checkJoin(BinaryOperator<T> merge, T a, T b, T c) {
        T ab = merge.apply(a, b);
        T bc = merge.apply(b, c);
        checkOrder(a, b, c);
        checkOrder(a, ab, merge.apply(ab, c));
        check(merge.apply(a, a).equals(a), "idempotent", a, b, c);
        check(ab.equals(merge.apply(b, a)), "commutative", a, b, c);
        check(merge.apply(ab, c).equals(merge.apply(a, bc)), "associative", a, b, c);
        check(a.isAtMost(ab) && b.isAtMost(ab), "an upper bound", a, b, c);
        check(!(a.isAtMost(c) && b.isAtMost(c)) || ab.isAtMost(c), "the least upper bound", a, b, c);
        T abc = merge.apply(ab, c);
        check(!(a.isAtMost(bc) && b.isAtMost(bc)) || ab.isAtMost(bc), "the least upper bound", a, b, c);
        check(!a.isAtMost(b) || merge.apply(a, c).isAtMost(bc), "monotone", a, b, c);
        check(merge.apply(a, c).isAtMost(abc), "monotone", a, b, c);
        check(a.isAtMost(b) == ab.equals(b), "the order's own", a, b, c);
    }

    /** Assertions of a library are too slow for so many. */
    private static void check(boolean holds, String law, Object a, Object b, Object c) {
        if (!holds) {
            assertThat(holds).as("%s: a = %s, b = %s, c = %s", law, a, b, c).isTrue();
        }
    }
}
