package dev.coord.recipes.assignment;

/**
 * A member of the assignment is given other partitions than this participant: whoever of them is elected leader would take
 * away what the other assigns. The one that came later does not join, or leaves. Give all the same; if the partitions are to
 * change, have those leave first that know the old ones.
 */
public final class PartitionsDifferException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    PartitionsDifferException(String path, String member, String its, String ours) {
        super("member " + member + " at " + path + " is given " + its + ", and this participant " + ours
                + "; give all the same, and to change them have those leave first that know the old ones");
    }
}
