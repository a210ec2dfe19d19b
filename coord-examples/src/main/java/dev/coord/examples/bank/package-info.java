/**
 * Money in two databases, moved by three peers of which some die: {@link dev.coord.examples.bank.BankDemo}. What an application of yours
 * would look like is {@link dev.coord.examples.bank.Teller}.
 */
@NullMarked
package dev.coord.examples.bank;

import org.jspecify.annotations.NullMarked;
