package dev.coord.recipes.commit.xa;

/** In what the databases differ beyond their drivers' answers. */
enum Product {
    /** Answers the prepare of a failed transaction by a silent rollback, of which its driver makes a yes; so its state is always looked at before. */
    POSTGRESQL,
    /** Undoes no more than the statement that has failed, and has no savepoints within XA. */
    DERBY,
    /** Rolls a prepared branch back when its connection is closed. */
    H2,
    OTHER;

    static Product named(String name) {
        return switch (name) {
            case "PostgreSQL" -> POSTGRESQL;
            case "Apache Derby" -> DERBY;
            case "H2" -> H2;
            default -> OTHER;
        };
    }

    /** Tells whether a branch may have failed as a whole without the driver's prepare saying so. */
    boolean mayHaveFailed(boolean aStatementHas) {
        return switch (this) {
            case POSTGRESQL -> true;
            case DERBY -> false;
            case H2, OTHER -> aStatementHas;
        };
    }
}
