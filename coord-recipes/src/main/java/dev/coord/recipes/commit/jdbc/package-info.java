/**
 * Databases with local transactions as participants of global ones: try-confirm-cancel, and one database as the last resource.
 *
 * <p>All of it rests on one table in the participant's database, {@link dev.coord.recipes.commit.jdbc.BranchTable}: what became of a
 * branch is a row that is written in the very local transaction which does the branch's work, so neither is ever there without the
 * other.
 */
@NullMarked
package dev.coord.recipes.commit.jdbc;

import org.jspecify.annotations.NullMarked;
