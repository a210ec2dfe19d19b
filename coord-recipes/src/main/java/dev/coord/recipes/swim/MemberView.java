package dev.coord.recipes.swim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a member knows at one moment. Immutable.
 *
 * @param self the member itself
 * @param active those that are alive or suspect, in the order of names
 * @param all by name, the dead and those who left among them
 */
record MemberView(SwimMember self, List<SwimMember> active, Map<String, SwimMember> all) {

    static MemberView of(Beliefs beliefs) {
        Map<String, SwimMember> all = new TreeMap<>();
        SwimMember self = beliefs.self.toMember();
        all.put(self.name(), self);
        for (int i = 0; i < beliefs.roster.size(); i++) {
            SwimMember member = beliefs.roster.at(i).toMember();
            all.put(member.name(), member);
        }
        List<SwimMember> active = new ArrayList<>(all.values());
        active.removeIf(member -> !member.state().isActive());
        active.sort(Comparator.comparing(SwimMember::name));
        return new MemberView(self, List.copyOf(active), Map.copyOf(all));
    }
}
