/**
 * Which of two writes could have known of the other: {@link dev.coord.recipes.stamp.CausalStamps} keeps a stamp of causality beside
 * each value, as the order of revisions tells nothing of it.
 */
@NullMarked
package dev.coord.recipes.stamp;

import org.jspecify.annotations.NullMarked;
