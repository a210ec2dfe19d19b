package dev.coord.recipes.broadcast;

import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A vector clock of broadcasts (Fidge 1988, Mattern 1989; that only broadcasts count is Birman, Schiper and Stephenson 1991): how
 * far each member has come, as far as is known. Not a {@link dev.coord.recipes.causality.VectorClock}, whose entries could not
 * tell a member's processes apart. Mutable, confined.
 */
final class Frontier {
    private final Map<String, Point> points = new HashMap<>();

    Point get(String member) {
        return points.getOrDefault(member, Point.NONE);
    }

    void raise(String member, Point to) {
        points.merge(member, to, (known, other) -> known.isAtMost(other) ? other : known);
    }

    /** Those of whom less is known here than there, but for one. */
    Set<String> behind(Frontier there, String butFor) {
        Set<String> behind = new TreeSet<>();
        there.points.forEach((member, point) -> {
            if (!member.equals(butFor) && !point.isAtMost(get(member))) {
                behind.add(member);
            }
        });
        return behind;
    }

    Set<String> members() {
        return points.keySet();
    }

    WireWriter writeTo(WireWriter out) {
        out.number(points.size());
        points.forEach((member, point) -> point.life().writeTo(out.text(member)).number(point.count()));
        return out;
    }

    static Frontier read(WireReader in) {
        Frontier read = new Frontier();
        for (long left = in.number(); left > 0; left--) {
            read.points.put(in.text(), new Point(Life.read(in), in.number()));
        }
        return read;
    }
}
