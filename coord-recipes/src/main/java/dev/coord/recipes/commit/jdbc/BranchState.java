package dev.coord.recipes.commit.jdbc;

/** What a branch's row says has become of it. Only {@link #TRIED} and {@link #DONE} change, once. The names are the column's values. */
enum BranchState {
    TRIED,
    /** Of a saga's step: its action has taken effect, and can be compensated. */
    DONE,
    CONFIRMED,
    CANCELLED
}
