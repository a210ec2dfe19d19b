package dev.coord.recipes.internal;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A single key of the session's, held against all others from its grant until its loss. */
public final class KeptKey extends Tenure {

    KeptKey(Coord coord, String key, long token, Stretch stretch) {
        super(coord, List.of(key), token, stretch);
    }

    /**
     * Replaces the value of the key if it is still held.
     *
     * @param value the new value
     * @return completes when written; fails with {@link dev.coord.FencedException} if the key is lost, and as writes do
     */
    public CompletableFuture<Void> update(Value value) {
        if (isLost()) {
            return CompletableFuture.failedFuture(fenced());
        }
        Op put = Op.put(key(), value).withLease(coord().session().id());
        return Async.done(settle(coord().kv().txn().when(guard()).then(put).otherwise(Op.get(key()))));
    }

    @Override
    void heard(Entry now) {}

    @Override
    void letGo(Loss loss) {
        if (loss == Loss.GONE) {
            gone();
            return;
        }
        Async.whenDone(Removal.start(coord(), key(), fencingToken()), (done, failure) -> gone());
    }
}
