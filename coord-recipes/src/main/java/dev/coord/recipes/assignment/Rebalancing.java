package dev.coord.recipes.assignment;

import dev.coord.recipes.assignment.AssignmentView.Owner;
import dev.coord.recipes.assignment.AssignmentView.Target;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an elected leader writes next to come nearer to a plan.
 *
 * @param puts targets to be set
 * @param deletes targets of partitions that there are no more
 * @param heldBack whether there is more to come once moves under way are done
 */
record Rebalancing(Map<String, String> puts, Set<String> deletes, boolean heldBack) {

    /**
     * Decides. What nobody serves moves at once; what somebody serves only while fewer than so many moves are under way.
     *
     * @param plan who is to have which partition
     * @param there those who are there or expected back
     * @param movesAtOnce the limit
     */
    static Rebalancing next(Map<String, String> plan, AssignmentView view, Set<String> there, int movesAtOnce) {
        Map<String, String> puts = new TreeMap<>();
        Map<String, String> moves = new TreeMap<>();
        long underWay = 0;
        for (Map.Entry<String, String> planned : plan.entrySet()) {
            Target target = view.target(planned.getKey());
            if (target == null || !there.contains(target.member())) {
                puts.put(planned.getKey(), planned.getValue());
            } else if (!target.member().equals(planned.getValue())) {
                moves.put(planned.getKey(), planned.getValue());
            } else {
                underWay += isUnderWay(view, planned.getKey(), target) ? 1 : 0;
            }
        }
        long left = Math.max(0, movesAtOnce - underWay);
        moves.entrySet().stream().limit(left).forEach(move -> puts.put(move.getKey(), move.getValue()));
        Set<String> deletes = new TreeSet<>(view.targets().keySet());
        deletes.removeAll(plan.keySet());
        return new Rebalancing(puts, deletes, moves.size() > left);
    }

    private static boolean isUnderWay(AssignmentView view, String partition, Target target) {
        Owner owner = view.owner(partition);
        return view.members().containsKey(target.member())
                && (owner == null || !owner.member().equals(target.member()));
    }

    boolean isEmpty() {
        return puts.isEmpty() && deletes.isEmpty();
    }
}
