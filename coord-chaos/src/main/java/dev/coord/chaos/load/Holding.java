package dev.coord.chaos.load;

import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.recipes.FencedHandle;
import dev.coord.testkit.history.Claims;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** What somebody holds exclusively, from the grant to the end, each thing that its holder believes noted. */
final class Holding {
    private final Handle own;
    private final String name;
    private final FencedHandle held;
    private final Claims claims;
    private final FencedRegister register;
    private final Counts counts;
    private final AtomicBoolean givenUp = new AtomicBoolean();
    private final Runnable noteRelease = this::noteRelease;

    Holding(Handle own, String name, FencedHandle held, Claims claims, FencedRegister register, Counts counts) {
        this.own = own;
        this.name = name;
        this.held = held;
        this.claims = claims;
        this.register = register;
        this.counts = counts;
        claims.acquired(own.process(), name, held.fencingToken());
        held.lost().thenRun(this::lost);
        own.beforeClose(noteRelease);
    }

    private synchronized void lost() {
        if (givenUp.compareAndSet(false, true)) {
            claims.lost(own.process(), name, held.fencingToken());
            counts.add("holdings lost");
        }
    }

    /** Asks whether it is held, then writes: within Coord under the guard, and outside with the token. */
    boolean use() throws InterruptedException {
        long token = held.fencingToken();
        if (!isHeld(token)) {
            return false;
        }
        boolean written = own.coord()
                .kv()
                .txn()
                .when(held.guard())
                .then(Op.put("/fenced" + name + "/" + token / 2_000, Value.of(own.process() + ":" + token)))
                .commit()
                .succeeded();
        counts.add(written ? "guarded writes" : "guarded writes refused");
        // A process that is stopped between the question and the write outside writes late.
        Settled.await(own.remote().echo());
        counts.add(register.write(own.process(), token) ? "fenced writes" : "stale writes refused");
        return written;
    }

    /** What is noted of the validity is noted before the release is, or not at all. */
    private synchronized boolean isHeld(long token) {
        if (givenUp.get() || !claims.holds(own.process(), name, token, held::isValid)) {
            return false;
        }
        Duration left = held.validUntil().remaining();
        if (!left.isNegative()) {
            claims.reliesOn(own.process(), name, token, left.minus(left.dividedBy(25)));
        }
        return true;
    }

    void release() {
        noteRelease();
        own.afterwards(noteRelease);
        held.close();
    }

    private synchronized void noteRelease() {
        if (givenUp.compareAndSet(false, true)) {
            claims.released(own.process(), name, held.fencingToken());
        }
    }
}
