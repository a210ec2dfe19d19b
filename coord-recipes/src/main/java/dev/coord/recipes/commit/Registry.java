package dev.coord.recipes.commit;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The participants that a coordinator knows, by name. Immutable once built. */
final class Registry {
    static final int MAX_NAME = 64;

    private final Map<String, Enrolled> enrolled = new LinkedHashMap<>();

    void add(String name, @Nullable Participant participant, @Nullable OnePhaseParticipant last, Gate gate) {
        Enrolled before = enrolled.get(check(name));
        Enrolled now = new Enrolled(name, participant, last, gate);
        enrolled.put(name, before == null ? now : now.and(before));
    }

    private static String check(String name) {
        if (!name.matches("[\\w.-]{1," + MAX_NAME + "}")) {
            throw new IllegalArgumentException("participant '" + name + "': a name has 1 to " + MAX_NAME
                    + " letters, digits, dots, hyphens and underscores");
        }
        return name;
    }

    boolean isEmpty() {
        return enrolled.isEmpty();
    }

    Enrolled get(String name) {
        Enrolled found = enrolled.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no participant '" + name + "' here; there are " + enrolled.keySet()
                    + ": register it at the builder");
        }
        return found;
    }

    Iterable<Enrolled> all() {
        return enrolled.values();
    }

    /** Tells whether all who take part are known here, in the role they have. */
    boolean canDrive(CommitRecord record) {
        return record.shares().stream().allMatch(this::knows);
    }

    private boolean knows(Share share) {
        Enrolled found = enrolled.get(share.participant());
        return found != null && (share.last() ? found.last() : found.participant()) != null;
    }

    /**
     * A participant and how it can be used.
     *
     * @param name its name
     * @param participant if it can do two phases
     * @param last if it can commit in one
     * @param gate bounds the calls under way
     */
    record Enrolled(
            String name,
            @Nullable Participant participant,
            @Nullable OnePhaseParticipant last,
            Gate gate) {

        Enrolled and(Enrolled other) {
            if ((participant != null && other.participant != null) || (last != null && other.last != null)) {
                throw new IllegalArgumentException("participant '" + name + "' is registered twice");
            }
            return new Enrolled(
                    name,
                    participant != null ? participant : other.participant,
                    last != null ? last : other.last,
                    gate);
        }

        boolean isLastOnly() {
            return participant == null;
        }
    }
}
