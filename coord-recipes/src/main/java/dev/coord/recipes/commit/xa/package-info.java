/**
 * XA for atomic commits: databases and message brokers that speak the two-phase commit of The Open Group (<i>Distributed Transaction
 * Processing: The XA Specification</i>, 1991) through {@link javax.transaction.xa}, as participants of global transactions.
 *
 * <p>{@link dev.coord.recipes.commit.xa.XaParticipant} is for databases; {@link dev.coord.recipes.commit.xa.XaResourceParticipant} for
 * whatever else gives an {@link javax.transaction.xa.XAResource}.
 *
 * <pre>{@code
 * XaParticipant ledger = XaParticipant.builder("ledger", "/commit/billing", new PGXADataSource()).build();
 * // The coordinator knows it as ledger.on(executor) under the same name, "ledger".
 * try (Connection connection = ledger.connection(transaction)) {
 *     accounts.add(connection, amount); // lasting once the transaction commits, like the work of its other participants
 * }
 * transaction.commit();
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.commit.xa;

import org.jspecify.annotations.NullMarked;
