package dev.coord.testkit.internal.sim;

import dev.coord.raft.internal.store.PersistentMap;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.store.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** States in the plainest form, to compare them without the code of snapshots. */
final class Views {
    private Views() {}

    /** The first part in which two states differ, in words; empty if they are equal. */
    static String difference(View one, View other) {
        Map<String, Object> ours = plain(one);
        Map<String, Object> theirs = plain(other);
        for (Map.Entry<String, Object> part : ours.entrySet()) {
            Object expected = theirs.get(part.getKey());
            if (!part.getValue().equals(expected)) {
                return part.getKey() + " are " + part.getValue() + ", not " + expected;
            }
        }
        return "";
    }

    private static Map<String, Object> plain(View view) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("counters", List.of(view.revision(), view.compactRevision(), view.lastLease(), view.term()));
        plain.put("entries", values(view.entries()));
        plain.put("peers", values(view.peers()));
        List<Object> leases = new ArrayList<>();
        view.leases().forEach(null, null, (id, lease) -> {
            List<Object> keys = new ArrayList<>();
            lease.keys().forEach(null, null, (key, attached) -> keys.add(key));
            return leases.add(List.of(
                    id, lease.ttlMillis(), lease.validityMillis(), lease.generation(), lease.remainingMillis(), keys));
        });
        plain.put("leases", leases);
        List<Object> sessions = new ArrayList<>();
        view.sessions().forEach(null, null, (id, session) -> sessions.add(List.of(id, items(session.results()))));
        plain.put("sessions", sessions);
        plain.put("revisions", items(view.history()));
        return plain;
    }

    private static <T> List<Object> items(Window<T> window) {
        List<Object> items = new ArrayList<>(List.of(window.first(), window.end()));
        window.forEach(window.first(), (number, item) -> items.add(item));
        return items;
    }

    private static <K, V> List<Object> values(PersistentMap<K, V> map) {
        List<Object> values = new ArrayList<>();
        map.forEach(null, null, (key, value) -> values.add(value));
        return values;
    }
}
