package dev.coord.recipes.commit.xa;

import dev.coord.kv.Value;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.GlobalTransaction;
import java.util.concurrent.CompletableFuture;

/** A transaction whose coordinator is the test: it only takes participants in. */
final class OneTransaction implements GlobalTransaction {
    private final String id;
    private volatile boolean over;

    OneTransaction(String id) {
        this.id = id;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Branch enlist(String participant, Value payload) {
        if (over) {
            throw new IllegalStateException("transaction " + id + " is over");
        }
        return new Branch(id, participant, 0, payload);
    }

    @Override
    public void commit() {
        throw new UnsupportedOperationException("the test commits at the participant");
    }

    @Override
    public CompletableFuture<Void> commitAsync() {
        throw new UnsupportedOperationException("the test commits at the participant");
    }

    @Override
    public CompletableFuture<Void> abort() {
        over = true;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        over = true;
    }
}
