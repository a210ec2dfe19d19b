package dev.coord.recipes.mutation;

import java.util.ArrayList;
import java.util.List;

/** All seeded bugs. */
final class Mutations {
    private Mutations() {}

    static List<Mutation> all() {
        List<Mutation> all = new ArrayList<>(StoreMutations.all());
        all.addAll(ClientMutations.all());
        all.addAll(RecipeMutations.all());
        all.addAll(ElectionMutations.all());
        all.addAll(OwnerMutations.all());
        all.addAll(AssignmentMutations.all());
        all.addAll(KindMutations.all());
        all.addAll(SwimMutations.all());
        all.addAll(CommitMutations.all());
        return List.copyOf(all);
    }
}
