/**
 * Atomic commitment: two-phase commit whose decision is a record in the replicated store, so that the death of its coordinator leaves
 * nobody in doubt for longer than it takes another peer to notice.
 *
 * <p>A <em>global transaction</em> (XA's term) is work at several participants that becomes lasting at all of them or at none. Do not
 * confuse it with {@link dev.coord.kv.Txn}, which is one atomic step of the store.
 */
@NullMarked
package dev.coord.recipes.commit;

import org.jspecify.annotations.NullMarked;
