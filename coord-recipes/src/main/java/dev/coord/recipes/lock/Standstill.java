package dev.coord.recipes.lock;

import dev.coord.recipes.lock.WaitGraph.Claimant;
import dev.coord.recipes.lock.WaitGraph.Queue;
import dev.coord.recipes.lock.WaitGraph.Wait;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Who waits for ever: what is left of a wait graph when everybody who can be served is, and has let go. The rule of turns is
 * {@code Line}'s: the first in line as long as there is room, none overtaking another. Each place is passed once, so the
 * work grows with their number only.
 */
final class Standstill {
    private final Map<String, Party> parties = new LinkedHashMap<>();
    private final List<Room> rooms = new ArrayList<>();
    /** Who waits for whom among those left, by the party that waits. */
    private final Map<String, List<Wait>> waits = new LinkedHashMap<>();

    /** All places of an owner. */
    private static final class Party {
        final List<Seat> seats = new ArrayList<>();
        int waiting;
    }

    /** A place in a room. */
    private record Seat(Room room, Claimant claimant) {}

    /** A lock in the course of the reduction. */
    private static final class Room {
        final Queue queue;
        final List<Claimant> line;
        long used;
        int next;

        Room(Queue queue, List<Claimant> line) {
            this.queue = queue;
            this.line = line;
        }
    }

    private Standstill() {}

    /**
     * Reduces a wait graph.
     *
     * @param queues the locks
     * @param upTo waiters who came later than this revision are left out, and so are their waits
     * @return what is left
     */
    static Standstill of(List<Queue> queues, long upTo) {
        Standstill left = new Standstill();
        queues.forEach(queue -> left.enter(queue, upTo));
        left.reduce();
        left.rooms.forEach(room -> left.note(room));
        return left;
    }

    private void enter(Queue queue, long upTo) {
        List<Claimant> line =
                queue.waiters().stream().filter(one -> one.since() <= upTo).toList();
        Room room = new Room(queue, line);
        rooms.add(room);
        for (Claimant holder : queue.holders()) {
            seat(room, holder);
            room.used += holder.permits();
        }
        line.forEach(waiter -> seat(room, waiter).waiting++);
    }

    private Party seat(Room room, Claimant one) {
        Party party = parties.computeIfAbsent(one.party(), name -> new Party());
        party.seats.add(new Seat(room, one));
        return party;
    }

    private void reduce() {
        Deque<Room> changed = new ArrayDeque<>(rooms);
        List<Party> idle =
                parties.values().stream().filter(party -> party.waiting == 0).toList();
        idle.forEach(party -> leave(party, changed));
        while (!changed.isEmpty()) {
            serve(changed.remove(), changed);
        }
    }

    private void serve(Room room, Deque<Room> changed) {
        while (room.next < room.line.size()) {
            Claimant first = room.line.get(room.next);
            if (room.used + first.permits() > room.queue.capacity()) {
                return;
            }
            room.used += first.permits();
            room.next++;
            Party party = parties.get(first.party());
            if (party != null && --party.waiting == 0) {
                leave(party, changed);
            }
        }
    }

    /** All that it waited for it has been given, so all of its seats take room. */
    private static void leave(Party party, Deque<Room> changed) {
        for (Seat seat : party.seats) {
            seat.room.used -= seat.claimant.permits();
            changed.add(seat.room);
        }
    }

    private void note(Room room) {
        if (room.next == room.line.size()) {
            return;
        }
        List<Claimant> inside = new ArrayList<>(room.queue.holders());
        inside.addAll(room.line.subList(0, room.next));
        waitsFor(room.line, room.next, inside, this::isLeft)
                .forEach(wait -> waits.computeIfAbsent(wait.waiter().party(), name -> new ArrayList<>())
                        .add(wait));
    }

    private boolean isLeft(Claimant one) {
        Party party = parties.get(one.party());
        return party != null && party.waiting > 0;
    }

    /** The first waits for all inside, the others for the one before. */
    private static List<Wait> waitsFor(
            List<Claimant> line, int first, List<Claimant> inside, Predicate<Claimant> counts) {
        List<Wait> waits = new ArrayList<>();
        inside.stream().filter(counts).forEach(ahead -> waits.add(new Wait(line.get(first), ahead)));
        for (int i = first + 1; i < line.size(); i++) {
            waits.add(new Wait(line.get(i), line.get(i - 1)));
        }
        return waits;
    }

    /** Who waits for whom in a lock as it is. */
    static List<Wait> waitsIn(Queue queue) {
        List<Claimant> inside = new ArrayList<>(queue.holders());
        long used = queue.holders().stream().mapToLong(Claimant::permits).sum();
        for (int i = 0; i < queue.waiters().size(); i++) {
            Claimant one = queue.waiters().get(i);
            used += one.permits();
            if (used > queue.capacity()) {
                return waitsFor(queue.waiters(), i, inside, any -> true);
            }
            inside.add(one);
        }
        return List.of();
    }

    /** Those who wait for ever. */
    Set<String> parties() {
        Set<String> left = new LinkedHashSet<>();
        parties.forEach((name, party) -> {
            if (party.waiting > 0) {
                left.add(name);
            }
        });
        return Collections.unmodifiableSet(left);
    }

    /** A shortest circle that begins with what this claim waits for; empty if nobody waits for its party in turn. */
    Optional<List<Wait>> cycleOf(String claim) {
        List<Wait> own = new ArrayList<>();
        waits.values()
                .forEach(all -> all.stream()
                        .filter(wait -> wait.waiter().claim().equals(claim))
                        .forEach(own::add));
        return own.isEmpty()
                ? Optional.empty()
                : circle(own, own.get(0).waiter().party());
    }

    /** For each knot at least one circle. */
    List<List<Wait>> cycles() {
        List<List<Wait>> found = new ArrayList<>();
        Set<String> covered = new HashSet<>();
        for (String party : waits.keySet()) {
            if (!covered.contains(party)) {
                circle(waits.getOrDefault(party, List.of()), party).ifPresent(circle -> {
                    circle.forEach(wait -> covered.add(wait.waiter().party()));
                    found.add(circle);
                });
            }
        }
        return found;
    }

    /** Goes on from these waits, breadth first, until it comes to the party. */
    private Optional<List<Wait>> circle(List<Wait> begin, String party) {
        Map<String, Wait> reached = new LinkedHashMap<>();
        Deque<Wait> next = new ArrayDeque<>(begin);
        while (!next.isEmpty()) {
            Wait wait = next.remove();
            String ahead = wait.ahead().party();
            if (reached.putIfAbsent(ahead, wait) == null) {
                if (ahead.equals(party)) {
                    return Optional.of(path(reached, party, begin));
                }
                next.addAll(waits.getOrDefault(ahead, List.of()));
            }
        }
        return Optional.empty();
    }

    private static List<Wait> path(Map<String, Wait> reached, String party, List<Wait> begin) {
        Deque<Wait> circle = new ArrayDeque<>();
        Wait wait = reached.get(party);
        while (wait != null) {
            circle.addFirst(wait);
            wait = begin.contains(wait) ? null : reached.get(wait.waiter().party());
        }
        return List.copyOf(circle);
    }
}
