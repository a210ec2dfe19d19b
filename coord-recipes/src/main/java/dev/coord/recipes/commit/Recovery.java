package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Removal;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes over transactions whose coordinator is gone. One watch tells of all records and their owners. A record without an owner is an
 * orphan; so is one that this coordinator owns and does not drive, and one that has not changed for so long that its owner must be
 * stuck. Each coordinator waits a little before it takes an orphan, not as long as the others: so mostly one of them tries. Whoever
 * is first has it, by compare-and-set.
 */
final class Recovery implements WatchListener {
    private static final int MOST_AT_ONCE = 128;
    private static final int PLACES = 4;
    private static final Duration PLACE = Duration.ofMillis(20);

    private final Env env;
    private final CommitKeys keys;
    private final Map<Integer, Protocol> protocols;
    private final Duration interval;
    private final InDoubt inDoubt;
    private final SerialContext context = new SerialContext(this::broken);
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    // The rest is touched in the context only.
    private final Set<String> noticed = new HashSet<>();
    private final Deque<String> line = new ArrayDeque<>();
    private int taking;
    private boolean closed;
    private @Nullable Watch watch;

    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    Recovery(Env env, CommitKeys keys, Map<Integer, Protocol> protocols, Duration interval) {
        this.env = env;
        this.keys = keys;
        this.protocols = Map.copyOf(protocols);
        this.interval = interval;
        this.inDoubt = new InDoubt(env, keys);
    }

    void start() {
        Async.onSignal(
                env.coord().session().expired(),
                ended,
                () -> env.drivers().all().forEach(Driver::sessionEnded));
        load();
        sweep();
    }

    // ---- what there is

    private void load() {
        Async.run(
                () -> env.coord().kv().rangeAsync(RangeQuery.of(keys.live()), Consistency.linearizable()),
                (found, failure) -> context.run(() -> loaded(found, failure)));
    }

    private void loaded(@Nullable RangeResult found, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        if (found == null) {
            if (!(failure instanceof ClosedException)) {
                env.later(Removal.RETRY, this::load);
            }
            return;
        }
        reset(found);
        try {
            watch = env.coord()
                    .watch(WatchSpec.of(keys.live()).from(found.revision() + 1).resyncing(), this);
        } catch (LimitExceededException e) {
            env.later(interval, this::load);
        }
    }

    @Override
    public void onChange(long revision, List<WatchEvent> events) {
        context.run(() -> {
            env.drivers().reached(revision);
            Set<String> ids = new HashSet<>();
            for (WatchEvent event : events) {
                String id = keys.idOf(event.key());
                if (!id.isEmpty()) {
                    apply(id, event.key(), event.after());
                    ids.add(id);
                }
            }
            ids.forEach(this::judge);
        });
    }

    @Override
    public void onResync(RangeResult state) {
        context.run(() -> reset(state));
    }

    @Override
    public void onEnd(CoordException cause) {
        context.run(() -> {
            if (cause instanceof ClosedException) {
                closed = true; // with the peer or the handle: whoever waits is told what is known
                CompletableFuture<Void> ignored = env.drivers().close();
            } else if (!closed) {
                env.later(Removal.RETRY, this::load);
            }
        });
    }

    private void reset(RangeResult state) {
        env.drivers().reached(state.revision());
        Map<String, Seen> before = Map.copyOf(seen);
        seen.clear();
        for (Entry entry : state.entries()) {
            String id = keys.idOf(entry.key());
            if (!id.isEmpty()) {
                apply(id, entry.key(), entry);
                seen.computeIfPresent(id, (same, now) -> now.since(before.get(id)));
            }
        }
        List.copyOf(seen.keySet()).forEach(this::judge);
    }

    private void apply(String id, String key, @Nullable Entry entry) {
        long now = env.coord().ticker().nanos();
        Seen next = keys.isRecord(key)
                ? seen.getOrDefault(id, Seen.NOTHING).withRecord(entry, now)
                : seen.getOrDefault(id, Seen.NOTHING).withOwner(entry, now);
        if (next.isNothing()) {
            seen.remove(id);
        } else {
            seen.put(id, next);
        }
    }

    // ---- taking over

    private void judge(String id) {
        Seen now = seen.get(id);
        if (now != null && now.owner() == 0) {
            inDoubt.abandoned(id);
        }
        Driver driver = env.drivers().get(id);
        if (driver != null && now != null) {
            driver.ownerIs(now.owner());
        }
        if (now != null && isOrphan(id, now)) {
            noticed.add(id);
            env.later(
                    place(id),
                    () -> context.run(() -> {
                        line.add(id);
                        takeNext();
                    }));
        }
    }

    private void takeNext() {
        while (taking < MOST_AT_ONCE && !line.isEmpty()) {
            String id = line.remove();
            noticed.remove(id);
            take(id);
        }
    }

    private boolean isOrphan(String id, Seen now) {
        Value record = now.record();
        if (closed || record == null || noticed.contains(id) || env.drivers().knows(id)) {
            return false;
        }
        Value owner = now.who();
        boolean abandoned = owner == null || env.store().isOwn(owner);
        if (!abandoned
                && !now.isOlder(env.coord().ticker(), env.coord().session().ttl())) {
            return false; // as most that change are; without a look at what the record says
        }
        Protocol protocol = protocolOf(record);
        return protocol != null
                && env.hasSession()
                && (abandoned || now.isOlder(env.coord().ticker(), patience(protocol, record)));
    }

    private Duration patience(Protocol protocol, Value record) {
        return protocol.patience(record).plus(env.coord().session().ttl());
    }

    /** Which of the coordinators comes first differs from one transaction to the next. */
    private Duration place(String id) {
        long mixed = env.coord().session().id() * 31 + id.hashCode();
        return PLACE.multipliedBy(Math.floorMod(mixed ^ (mixed >>> 7), PLACES));
    }

    private void take(String id) {
        Seen now = seen.get(id);
        if (now == null || !isOrphan(id, now)) {
            return;
        }
        Value record = requireNonNull(now.record());
        Protocol protocol = requireNonNull(protocolOf(record));
        Value next = protocol.takenOver(record);
        if (protocol.canDrive(record)) {
            taking++;
            noticed.add(id);
            Async.run(
                    () -> env.store().take(id, now.owner(), now.recordRevision(), next),
                    (hold, failure) -> context.run(
                            () -> taken(id, protocol, record, next, hold == null ? Optional.empty() : hold)));
        } else if (now.owner() == 0 && !next.equals(record)) {
            Async.run(() -> env.store().rewrite(id, now.recordRevision(), next), (written, failure) -> {});
        }
    }

    private void taken(String id, Protocol protocol, Value before, Value now, Optional<Hold> hold) {
        taking--;
        noticed.remove(id);
        takeNext();
        if (hold.isEmpty()) {
            return; // somebody else has it; or if nobody has, the next sweep finds it
        }
        if (closed) {
            CompletableFuture<Void> ignored =
                    Removal.start(env.coord(), () -> env.store().release(hold.get()));
            return;
        }
        env.tell(listener -> listener.onTakenOver(id, Phases.read(before)));
        Driver driver = protocol.resume(hold.get(), now);
        env.drivers().begin(driver);
        driver.start();
    }

    /** Looks for what no event tells of: those that are stuck, what failed, and participants in doubt. */
    private void sweep() {
        context.run(() -> {
            if (!closed) {
                env.later(interval, this::sweep);
                inDoubt.scan();
                List.copyOf(seen.keySet()).forEach(this::judge);
            }
        });
    }

    private void broken(RuntimeException bug) {
        if (bug instanceof ClosedException) {
            return; // the handle was closed before this coordinator: others take over
        }
        // To the handler of the callback threads, as what a listener throws; the next sweep looks at all again.
        Async.callBack(env.coord(), () -> {
            throw bug;
        });
    }

    // ---- what is seen

    Map<String, Seen> seen() {
        return Map.copyOf(seen);
    }

    /** Who knows what to do with a record; null if it was written by a version of Coord that knows more. */
    @Nullable
    Protocol protocolOf(Value record) {
        Protocol protocol = Phases.isReadable(record) ? protocols.get(Phases.kind(record)) : null;
        try {
            return protocol == null || !protocol.isReadable(record) ? null : protocol;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    void close() {
        ended.complete(null);
        context.run(() -> {
            closed = true;
            Watch running = watch;
            if (running != null) {
                running.close();
            }
        });
    }
}
