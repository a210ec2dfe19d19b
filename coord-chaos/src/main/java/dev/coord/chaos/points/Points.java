package dev.coord.chaos.points;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where woven code asks whether it is to die. */
public final class Points {
    /** As a process exits that died at a point; nothing else exits so. */
    public static final int DIED = 113;

    private static volatile @Nullable Armed armed;

    private Points() {}

    private record Armed(String point, AtomicInteger left) {}

    /**
     * Has the process die at a point.
     *
     * @param text the point and how many times it is to be passed first, as in {@code append-before:3}
     */
    public static void arm(String text) {
        int colon = text.indexOf(':');
        Point point = Point.of(colon < 0 ? text : text.substring(0, colon));
        int passes = colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1));
        armed = new Armed(point.text(), new AtomicInteger(passes));
    }

    /**
     * Called by woven code.
     *
     * @param point that was reached
     */
    public static void reached(String point) {
        Armed now = armed;
        if (now != null && now.point().equals(point) && now.left().getAndDecrement() <= 0) {
            // As kill -9 does: no hook runs, nothing is flushed.
            Runtime.getRuntime().halt(DIED);
        }
    }
}
