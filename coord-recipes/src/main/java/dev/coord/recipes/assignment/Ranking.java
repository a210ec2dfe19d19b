package dev.coord.recipes.assignment;

/** The order in which the members of a list are to have a partition. */
interface Ranking {

    /** The index of the first choice. */
    int home(String partition);

    /** The indices of all members, the first choice first. */
    int[] order(String partition);
}
