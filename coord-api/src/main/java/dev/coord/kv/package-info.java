/**
 * The replicated, ordered, versioned key-value store: entries, reads by consistency, and guarded transactions.
 */
@NullMarked
package dev.coord.kv;

import org.jspecify.annotations.NullMarked;
