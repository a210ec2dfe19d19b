package dev.coord.recipes.assignment;

import dev.coord.recipes.internal.RendezvousHash;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The member of the next point of the ring first, then those of the points that follow. */
final class RingRanking implements Ranking {
    private final int members;
    private final List<Point> points = new ArrayList<>();

    RingRanking(List<WeightedMember> members, int virtualNodes) {
        this.members = members.size();
        for (int i = 0; i < members.size(); i++) {
            long hash = RendezvousHash.hash(members.get(i).name());
            for (int k = 1; k <= virtualNodes * members.get(i).weight(); k++) {
                points.add(new Point(RendezvousHash.mix(hash + RendezvousHash.mix(k)), i));
            }
        }
        points.sort(Point.ORDER);
    }

    private record Point(long at, int member) {
        static final Comparator<Point> ORDER =
                Comparator.comparingLong(Point::at).thenComparingInt(Point::member);
    }

    @Override
    public int home(String partition) {
        return points.get(next(partition)).member();
    }

    @Override
    public int[] order(String partition) {
        int[] order = new int[members];
        boolean[] seen = new boolean[members];
        int at = next(partition);
        for (int found = 0; found < members; at = (at + 1) % points.size()) {
            int member = points.get(at).member();
            if (!seen[member]) {
                seen[member] = true;
                order[found++] = member;
            }
        }
        return order;
    }

    /** The first point at or after the partition's place on the ring. */
    private int next(String partition) {
        long place = RendezvousHash.hash(partition);
        int low = 0;
        int high = points.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (points.get(middle).at() < place) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low % points.size();
    }
}
