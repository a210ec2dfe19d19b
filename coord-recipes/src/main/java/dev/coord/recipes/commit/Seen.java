package dev.coord.recipes.commit;

import dev.coord.kv.Entry;
import dev.coord.kv.Value;
import dev.coord.time.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the watch has told of a transaction. Immutable.
 *
 * @param record its record, if there is one
 * @param recordRevision the revision that last wrote the record, or 0
 * @param owner the revision that last wrote the owner's key, or 0
 * @param lease the session of the owner, or 0
 * @param sinceNanos when this was first seen, by the own clock
 */
record Seen(@Nullable Value record, long recordRevision, long owner, long lease, long sinceNanos) {
    static final Seen NOTHING = new Seen(null, 0, 0, 0, 0);

    Seen withRecord(@Nullable Entry entry, long nowNanos) {
        return entry == null
                ? new Seen(null, 0, owner, lease, nowNanos)
                : new Seen(entry.value(), entry.modRevision(), owner, lease, nowNanos);
    }

    Seen withOwner(@Nullable Entry entry, long nowNanos) {
        return entry == null
                ? new Seen(record, recordRevision, 0, 0, nowNanos)
                : new Seen(record, recordRevision, entry.modRevision(), entry.lease(), nowNanos);
    }

    /** The same, as old as a former sight of it if nothing has changed since. */
    Seen since(@Nullable Seen former) {
        if (former == null || former.recordRevision != recordRevision || former.owner != owner) {
            return this;
        }
        return former;
    }

    boolean isNothing() {
        return record == null && owner == 0;
    }

    Duration age(Ticker ticker) {
        return Duration.ofNanos(ticker.nanos() - sinceNanos);
    }

    boolean isOlder(Ticker ticker, Duration age) {
        return age(ticker).compareTo(age) > 0;
    }
}
