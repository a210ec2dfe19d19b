package dev.coord.recipes.commit;

/**
 * What a participant has decided alone, as the coordinator recorded it.
 *
 * @param transaction the global transaction's id
 * @param participant who
 * @param kind what it has done
 * @param committed what was decided for all: true to commit, false to abort
 * @param message what the participant said
 */
public record HeuristicOutcome(
        String transaction, String participant, HeuristicException.Kind kind, boolean committed, String message) {

    /**
     * Tells whether the participant may have done otherwise than the others.
     *
     * @return false if it happened to decide the same
     */
    public boolean isContrary() {
        return kind != (committed ? HeuristicException.Kind.COMMITTED : HeuristicException.Kind.ABORTED);
    }
}
