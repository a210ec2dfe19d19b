package dev.coord.examples.ledger;

import dev.coord.kv.Entry;

/**
 * One line of the ledger.
 *
 * @param number its place, from 1 on
 * @param id names the entry wherever it may turn up
 * @param author the service that wrote it
 * @param token the author's fencing token
 */
record LedgerEntry(long number, String id, String author, long token) {

    static LedgerEntry of(Entry entry) {
        String[] parts = entry.text().split(" ", -1);
        String number = entry.key().substring(entry.key().lastIndexOf('/') + 1);
        return new LedgerEntry(Long.parseLong(number), parts[0], parts[1], Long.parseLong(parts[2]));
    }

    String key() {
        return String.format("/ledger/entries/%08d", number);
    }

    String text() {
        return id + " " + author + " " + token;
    }
}
