package dev.coord.recipes.workload;

import dev.coord.kv.Entry;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold of everything held exclusively, at every moment. */
final class HolderCheck {
    /** A loss is signalled within this, once the peer runs. */
    private static final long SIGNAL_NANOS = 1_000_000_000L;

    private final World world;
    private final Map<String, Long> outside = new HashMap<>();
    private final Map<String, Long> latest = new HashMap<>();
    private final Set<String> tokens = new HashSet<>();
    private final Map<FencedHandle, Long> invalidSince = new HashMap<>();

    HolderCheck(World world) {
        this.world = world;
    }

    /** Tokens are given out once, and a valid holder's is the greatest so far. */
    void granted(LockUse.Held held) {
        long token = held.handle().fencingToken();
        world.history.locks().acquired(held.client().process, held.path(), token);
        World.require(
                tokens.add(held.path() + " " + token),
                () -> "a token was given out twice: " + token + " of " + held.path());
        if (held.handle().isValid()) {
            long before = latest.getOrDefault(held.path(), 0L);
            World.require(
                    token > before,
                    () -> "tokens do not grow: " + held.path() + " was granted with " + before + ", then with "
                            + token);
            latest.put(held.path(), token);
        }
    }

    void released(LockUse.Held held) {
        invalidSince.remove(held.handle());
        world.history
                .locks()
                .released(held.client().process, held.path(), held.handle().fencingToken());
    }

    /** A resource that knows tokens accepts those who believe, as they are right. */
    void writesOutside(LockUse.Held held) {
        long token = held.handle().fencingToken();
        long greatest = outside.getOrDefault(held.path(), 0L);
        World.require(
                token >= greatest,
                () -> "a valid holder is fenced off: token " + token + " of " + held.path() + " after " + greatest);
        outside.put(held.path(), token);
        world.history.locks().holds(held.client().process, held.path(), token, held.handle()::isValid);
        world.history.locks().write(held.client().process, "outside " + held.path(), token, true);
    }

    void check(List<LockUse.Held> held) {
        for (LockUse.Held one : held) {
            if (one.handle().isValid()) {
                checkAlone(one);
            }
        }
    }

    /** Whoever believes to hold is the only holder in the store. */
    private void checkAlone(LockUse.Held one) {
        long token = one.handle().guard().number();
        List<Entry> holders =
                world.cluster.committed(RangeQuery.of(one.holders())).entries();
        World.require(
                holders.stream().anyMatch(entry -> entry.key().equals(one.key()) && entry.createRevision() == token),
                () -> "a holder believes in a key that is gone: " + one);
        World.require(holders.size() == 1, () -> "a holder is not the only one: " + one + " of " + holders);
    }

    /** A loss is signalled soon. Called now and then. */
    void checkSignals(List<LockUse.Held> held) {
        long now = world.cluster.ticker().nanos();
        for (LockUse.Held one : held) {
            FencedHandle handle = one.handle();
            if (handle.state() != HandleState.LOST || handle.lost().isDone() || !world.isUp(one.client())) {
                invalidSince.remove(handle);
                continue;
            }
            long since = invalidSince.computeIfAbsent(handle, each -> now);
            World.require(now - since < SIGNAL_NANOS, () -> "a loss is not signalled: " + one);
        }
    }
}
