package dev.coord.recipes.workload;

import dev.coord.kv.Entry;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.internal.Ask;
import dev.coord.watch.WatchEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One election by what is committed, revision by revision: who led after each, and whether whoever came to lead was the
 * one whose turn it was.
 */
final class TermLog {
    private final String holders;
    private final String waiters;
    private final Map<String, Entry> leading = new HashMap<>();
    private final Map<String, Entry> standing = new HashMap<>();
    private final Set<String> chosen = new HashSet<>();
    private final List<Optional<LeaderInfo>> states = new ArrayList<>(List.of(Optional.empty()));

    TermLog(String path) {
        this.holders = path + "/~h/";
        this.waiters = path + "/~q/";
    }

    /** A leader is about to hand over to this candidate, out of turn. */
    void chosen(String id) {
        chosen.add(id);
    }

    void committed(long revision, List<WatchEvent> events) {
        Map<String, Entry> stood = Map.copyOf(standing);
        boolean wasLed = !leading.isEmpty();
        Set<String> elected = new TreeSet<>();
        for (WatchEvent event : events) {
            if (event.key().startsWith(waiters)) {
                apply(standing, event, event.key().substring(waiters.length()));
            } else if (event.key().startsWith(holders)) {
                String id = event.key().substring(holders.length());
                if (event.after() != null && event.after().createRevision() == revision) {
                    elected.add(id);
                }
                apply(leading, event, id);
            }
        }
        World.require(leading.size() <= 1, () -> "two leaders in the store: " + leading.values());
        elected.forEach(id -> checkTurn(id, stood, wasLed));
        Optional<LeaderInfo> now = leading.values().stream()
                .findFirst()
                .map(entry -> new LeaderInfo(Ask.decode(entry.value()).text(), entry.createRevision()));
        if (!now.equals(states.get(states.size() - 1))) {
            states.add(now);
        }
    }

    private static void apply(Map<String, Entry> keys, WatchEvent event, String id) {
        Entry after = event.after();
        if (after == null) {
            keys.remove(id);
        } else {
            keys.put(id, after);
        }
    }

    private void checkTurn(String id, Map<String, Entry> stood, boolean wasLed) {
        Entry mine = stood.get(id);
        if (mine == null) {
            World.require(
                    stood.isEmpty() && !wasLed, () -> "elected at once, past those who stood: " + id + " of " + stood);
        } else if (!(wasLed && chosen.contains(id))) {
            World.require(
                    stood.values().stream().noneMatch(other -> isBefore(other, mine)),
                    () -> "elected out of turn: " + mine + ", of " + stood.values());
        }
    }

    private static boolean isBefore(Entry one, Entry other) {
        int first = Ask.decode(one.value()).priority();
        int second = Ask.decode(other.value()).priority();
        return first > second || (first == second && one.createRevision() < other.createRevision());
    }

    /**
     * What an observer was told must be a stretch of what was committed; an absent element stands for a gap, after which it
     * may go on later.
     */
    void checkTold(List<Optional<Optional<LeaderInfo>>> told) {
        Set<Integer> at = new TreeSet<>();
        boolean gap = true;
        for (int i = -1; i < states.size(); i++) {
            at.add(i);
        }
        for (Optional<Optional<LeaderInfo>> word : told) {
            if (word.isEmpty()) {
                gap = true;
                continue;
            }
            Set<Integer> next = new TreeSet<>();
            for (int from : at) {
                int last = gap ? states.size() - 1 : from + 1;
                for (int to = Math.max(0, gap ? from : from + 1); to <= last && to < states.size(); to++) {
                    if (states.get(to).equals(word.get())) {
                        next.add(to);
                    }
                }
            }
            World.require(!next.isEmpty(), () -> "an observer was told " + told + ", of " + states);
            at = next;
            gap = false;
        }
    }
}
