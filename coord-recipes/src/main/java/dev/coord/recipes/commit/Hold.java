package dev.coord.recipes.commit;

/**
 * A record that this coordinator drives, as long as the store agrees.
 *
 * @param id the transaction
 * @param token the revision that wrote the owner's key: nobody else has driven it since
 * @param recordRevision the revision that last wrote the record
 */
record Hold(String id, long token, long recordRevision) {}
