/**
 * The demo: a ledger service on three embedded peers that loses its leader. Start with
 * {@link dev.coord.examples.ledger.LedgerDemo}; {@link dev.coord.examples.ledger.LedgerService} is what a service of
 * yours would look like.
 */
@NullMarked
package dev.coord.examples.ledger;

import org.jspecify.annotations.NullMarked;
