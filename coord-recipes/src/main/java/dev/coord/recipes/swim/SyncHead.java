package dev.coord.recipes.swim;

/**
 * Whom a sync is for.
 *
 * @param receiver the instance of the process
 * @param answered the nonce of the message that this answers
 * @param nonce what the answer to this is to carry
 */
record SyncHead(long receiver, long answered, long nonce) {}
