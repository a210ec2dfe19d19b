package dev.coord.recipes.commit.jdbc;

/** What a branch's row says has become of it. Only {@link #TRIED} changes, once. The names are the column's values. */
enum BranchState {
    TRIED,
    CONFIRMED,
    CANCELLED
}
