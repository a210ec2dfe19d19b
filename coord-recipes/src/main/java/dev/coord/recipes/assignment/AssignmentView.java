package dev.coord.recipes.assignment;

import dev.coord.kv.Entry;
import dev.coord.kv.RangeResult;
import dev.coord.watch.WatchEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An assignment as of one revision, which only grows: a read puts it forward, and what a watch tells of earlier revisions is
 * then passed over. Values that strangers wrote count as absent. Not thread-safe.
 */
final class AssignmentView {
    private final AssignmentPath path;
    private final Map<String, Registration> members = new TreeMap<>();
    private final Map<String, Target> targets = new TreeMap<>();
    private final Map<String, Owner> owners = new HashMap<>();
    private long revision;

    AssignmentView(AssignmentPath path) {
        this.path = path;
    }

    /**
     * A member that is there. The incarnation tells two of one name apart, one after the other; the mark is of the partitions
     * that it is given.
     */
    record Registration(String incarnation, int weight, String partitions, boolean leaving, long createRevision) {

        static String text(String incarnation, int weight, String partitions, boolean leaving) {
            return incarnation + " " + weight + " " + partitions + (leaving ? " leaving" : " joined");
        }

        private static @Nullable Registration parse(Entry entry) {
            String[] parts = entry.text().split(" ", -1);
            int weight = parts.length == 4 ? (int) number(parts[1]) : -1;
            boolean good = weight >= 1 && weight <= WeightedMember.MAX_WEIGHT;
            return good
                    ? new Registration(parts[0], weight, parts[2], parts[3].equals("leaving"), entry.createRevision())
                    : null;
        }
    }

    /** Who is to own a partition, and in which term that was decided. */
    record Target(long term, String member, long modRevision) {

        static String text(long term, String member) {
            return term + " " + member;
        }

        private static @Nullable Target parse(Entry entry) {
            String[] parts = entry.text().split(" ", 2);
            long term = parts.length == 2 && !parts[1].isEmpty() ? number(parts[0]) : -1;
            return term < 0 ? null : new Target(term, parts[1], entry.modRevision());
        }
    }

    /** Who owns a partition. */
    record Owner(String member, long token) {

        static String text(String incarnation, String member) {
            return incarnation + " " + member;
        }

        static Owner parse(Entry entry) {
            String text = entry.text();
            return new Owner(text.substring(text.indexOf(' ') + 1), entry.createRevision());
        }
    }

    /** What a change was about. */
    record Touched(Set<String> partitions, boolean membersOrTargets) {}

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    long revision() {
        return revision;
    }

    Map<String, Registration> members() {
        return members;
    }

    Map<String, Target> targets() {
        return targets;
    }

    @Nullable
    Target target(String partition) {
        return targets.get(partition);
    }

    @Nullable
    Owner owner(String partition) {
        return owners.get(partition);
    }

    /** Takes in what a watch tells. */
    Touched apply(long at, List<WatchEvent> events) {
        Set<String> touched = new HashSet<>();
        boolean more = false;
        if (at > revision) {
            revision = at;
            for (WatchEvent event : events) {
                String key = event.key();
                apply(key, event.after());
                more |= path.isMember(key) || path.isTarget(key);
                if (path.isOwner(key) || path.isTarget(key)) {
                    touched.add(path.nameOf(key));
                }
            }
        }
        return new Touched(touched, more);
    }

    /** Takes in a state. */
    Touched reset(RangeResult state) {
        if (state.revision() <= revision) {
            return new Touched(Set.of(), false);
        }
        Set<String> touched = new HashSet<>(targets.keySet());
        touched.addAll(owners.keySet());
        members.clear();
        targets.clear();
        owners.clear();
        revision = state.revision();
        state.entries().forEach(entry -> apply(entry.key(), entry));
        touched.addAll(targets.keySet());
        touched.addAll(owners.keySet());
        return new Touched(touched, true);
    }

    private void apply(String key, @Nullable Entry entry) {
        if (path.isMember(key)) {
            set(members, path.nameOf(key), entry == null ? null : Registration.parse(entry));
        } else if (path.isOwner(key)) {
            set(owners, path.nameOf(key), entry == null ? null : Owner.parse(entry));
        } else if (path.isTarget(key)) {
            set(targets, path.nameOf(key), entry == null ? null : Target.parse(entry));
        }
    }

    private static <T> void set(Map<String, T> map, String name, @Nullable T value) {
        if (value == null) {
            map.remove(name);
        } else {
            map.put(name, value);
        }
    }
}
