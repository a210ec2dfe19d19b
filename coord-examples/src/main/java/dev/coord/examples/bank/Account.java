package dev.coord.examples.bank;

/**
 * An account.
 *
 * @param vault the database that it is in
 * @param name its name there
 */
record Account(String vault, String name) {}
