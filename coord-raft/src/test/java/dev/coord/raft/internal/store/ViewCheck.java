package dev.coord.raft.internal.store;

import dev.coord.CoordException;
import dev.coord.watch.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compares a view with what the naive machine holds. */
final class ViewCheck {
    private final NaiveMachine machine;
    private long eventsChecked;

    ViewCheck(NaiveMachine machine) {
        this.machine = machine;
    }

    static void same(String what, @Nullable Object actual, @Nullable Object expected) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError(what + " differs\n  actual:   " + actual + "\n  expected: " + expected);
        }
    }

    /** Checks the present state, and the events since the last check. */
    void state(View view) {
        same("revision", view.revision(), machine.store.revision());
        same("compact revision", view.compactRevision(), machine.store.compactRevision());
        same("last lease", view.lastLease(), machine.store.lastLease());
        same("entries", List.copyOf(copy(view.entries()).values()), machine.store.entries());
        same("peers", copy(view.peers()), machine.peers);
        leases(view);
        sessions(view);
        for (long number = eventsChecked + 1; number <= view.revision(); number++) {
            events(view, number);
        }
        eventsChecked = view.revision();
    }

    private void leases(View view) {
        Map<Long, LeaseState> leases = copy(view.leases());
        same("leases", List.copyOf(leases.keySet()), machine.store.leases());
        leases.forEach((id, lease) -> {
            NaiveMachine.Life life = new NaiveMachine.Life(
                    lease.ttlMillis(), lease.validityMillis(), lease.generation(), lease.remainingMillis());
            same("lease " + id, life, machine.leases.get(id));
            same("id of lease " + id, lease.id(), id);
            same("keys of lease " + id, List.copyOf(copy(lease.keys()).keySet()), machine.store.keysOf(id));
        });
    }

    private void sessions(View view) {
        Map<Long, SessionState> sessions = copy(view.sessions());
        same("sessions", sessions.keySet(), machine.sessions.keySet());
        machine.sessions.forEach((id, table) -> {
            SessionState session = Objects.requireNonNull(sessions.get(id));
            same("last sequence of session " + id, session.lastSequence(), (long) table.results.size());
            same("results of session " + id, copy(session.results()), table.kept());
        });
    }

    /** Checks every retained revision, and that no other is retained. */
    void history(View view) {
        view.entries().checkInvariants();
        same("retained", view.history().size(), view.revision() - view.compactRevision());
        for (long number = view.compactRevision() + 1; number <= view.revision(); number++) {
            events(view, number);
        }
    }

    private void events(View view, long number) {
        Revision revision = view.history().get(number);
        if (number <= machine.store.compactRevision()) {
            same("revision " + number, revision, null);
        } else if (revision == null) {
            throw new AssertionError("revision " + number + " is missing");
        } else {
            same("number of revision " + number, revision.number(), number);
            List<WatchEvent> events =
                    revision.changes().stream().map(ViewCheck::event).toList();
            same("events of revision " + number, events, machine.store.events(number));
        }
    }

    private static WatchEvent event(Change change) {
        WatchEvent.Kind kind = change.after() == null ? WatchEvent.Kind.DELETE : WatchEvent.Kind.PUT;
        return new WatchEvent(kind, change.key(), change.after(), change.before());
    }

    /** Reads at a past revision, perhaps one that is compacted or to come, and at present. */
    void reads(View view, StoreActions.Read read) {
        long oldest = Math.max(0, view.compactRevision() - 2);
        long revision = oldest + (long) (read.where() * (view.revision() + 2 - oldest));
        NaiveStore store = machine.store;
        same(
                "get of " + read.key() + " at " + revision,
                outcome(() -> view.getAt(revision, read.key())),
                outcome(() -> store.getAt(revision, read.key())));
        same(
                "range at " + revision,
                outcome(() -> view.rangeAt(revision, read.query())),
                outcome(() -> store.rangeAt(revision, read.query())));
        same("get of " + read.key(), view.get(read.key()), store.getAt(store.revision(), read.key()));
        same("range", view.range(read.query()), store.rangeAt(store.revision(), read.query()));
    }

    private static @Nullable Object outcome(Supplier<@Nullable Object> read) {
        try {
            return read.get();
        } catch (CoordException e) {
            return e.toString();
        }
    }

    private static SortedMap<Long, Result> copy(Window<Result> results) {
        SortedMap<Long, Result> copy = new TreeMap<>();
        results.forEach(0, (sequence, result) -> copy.put(sequence, result) == null);
        return copy;
    }

    private static <K, V> SortedMap<K, V> copy(PersistentMap<K, V> map) {
        List<K> keys = new ArrayList<>();
        SortedMap<K, V> copy = new TreeMap<>((a, b) -> map.order.compare(a, b));
        map.forEach(null, null, (key, value) -> {
            keys.add(key);
            copy.put(key, value);
            return true;
        });
        same("keys of a map", keys, List.copyOf(copy.keySet()));
        return copy;
    }
}
