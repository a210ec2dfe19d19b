/**
 * Partitions spread over the members of a group: {@code PartitionAssignment}.
 */
@NullMarked
package dev.coord.recipes.assignment;

import org.jspecify.annotations.NullMarked;
