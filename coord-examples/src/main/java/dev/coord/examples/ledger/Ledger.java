package dev.coord.examples.ledger;

import dev.coord.Coord;
import dev.coord.IndeterminateException;
import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.TxnResult;
import dev.coord.recipes.FencedHandle;
import java.util.List;

/** The ledger in the store: one key for each entry, numbered without gaps, and one for the number of the last. */
final class Ledger {
    static final KeyRange ENTRIES = KeyRange.prefix("/ledger/entries/");
    private static final String HEAD = "/ledger/head";

    private final Coord coord;

    Ledger(Coord coord) {
        this.coord = coord;
    }

    /**
     * Writes one entry, if its number is free and the writer still holds what it must hold. A write whose outcome was
     * not learnt is issued again: its guard lets the second do nothing if the first was applied.
     *
     * @return true if the entry is in the ledger, false if it is refused
     */
    boolean append(LedgerEntry entry, FencedHandle leadership, FencedHandle lock) throws InterruptedException {
        Guard[] guards = {leadership.guard(), lock.guard(), Guard.absent(entry.key())};
        while (true) {
            try {
                TxnResult result = coord.kv()
                        .txn()
                        .when(guards)
                        .then(Op.put(entry.key(), entry.text()), Op.put(HEAD, Long.toString(entry.number())))
                        .commit();
                return result.succeeded() || isThere(entry);
            } catch (IndeterminateException | UnavailableException e) {
                if (!leadership.isValid()) {
                    throw e;
                }
            }
        }
    }

    private boolean isThere(LedgerEntry entry) throws InterruptedException {
        return coord.kv()
                .get(entry.key())
                .map(LedgerEntry::of)
                .filter(entry::equals)
                .isPresent();
    }

    long lastNumber() throws InterruptedException {
        return coord.kv().get(HEAD).map(Entry::text).map(Long::parseLong).orElse(0L);
    }

    List<LedgerEntry> readAll(Consistency consistency) throws InterruptedException {
        return coord.kv().range(RangeQuery.of(ENTRIES), consistency).entries().stream()
                .map(LedgerEntry::of)
                .toList();
    }
}
