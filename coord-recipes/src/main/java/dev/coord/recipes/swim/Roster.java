package dev.coord.recipes.swim;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The members that are known, the dead and the own self among them. */
final class Roster {
    private final RandomGenerator random;
    private final Peer self;

    /** By name, with open addressing; its length is a power of two, and half of it is empty. */
    private @Nullable Peer[] table = new Peer[16];

    /** In the order in which they are probed, from {@link #cursor} on: random, and another one each round (SWIM §4.3). */
    private Peer[] order = new Peer[8];

    private int size;
    private int cursor;
    private int active = 1;

    Roster(RandomGenerator random, Peer self) {
        this.random = random;
        this.self = self;
        put(self);
    }

    /** How many are known, without the own self. */
    int size() {
        return size;
    }

    Peer at(int index) {
        return order[index];
    }

    /** How many are alive or suspect, the own self among them. */
    int active() {
        return active;
    }

    void activeChanged(int by) {
        active += by;
    }

    @Nullable
    Peer find(byte[] bytes, int from, int length) {
        int mask = table.length - 1;
        int hash = Peer.hash(bytes, from, length);
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            Peer peer = table[i];
            if (peer == null || (peer.hash == hash && peer.isNamed(bytes, from, length))) {
                return peer;
            }
        }
    }

    /** Adds one that is not known, at a random place of the round that is under way. */
    void add(Peer peer) {
        if (size == order.length) {
            order = Arrays.copyOf(order, 2 * size);
        }
        int place = random.nextInt(size + 1);
        order[size] = order[place];
        order[place] = peer;
        size++;
        if (2 * (size + 1) > table.length) {
            rehash(2 * table.length);
        } else {
            put(peer);
        }
    }

    private void put(Peer peer) {
        int mask = table.length - 1;
        int i = peer.hash & mask;
        while (table[i] != null) {
            i = (i + 1) & mask;
        }
        table[i] = peer;
    }

    private void rehash(int length) {
        table = new Peer[length];
        put(self);
        for (int i = 0; i < size; i++) {
            put(order[i]);
        }
    }

    /** Forgets the member at an index; one behind it takes its place, none of those yet to be probed among those that were. */
    void forget(int index) {
        int place = index;
        if (place < cursor) {
            order[place] = order[--cursor];
            place = cursor;
        }
        order[place] = order[--size];
        rehash(table.length);
    }

    /** The next to be probed; null if nobody else is active. */
    @Nullable
    Peer nextToProbe() {
        for (int looked = 0; looked < 2 * size; looked++) {
            if (cursor >= size) {
                cursor = 0;
                shuffle();
            }
            Peer peer = order[cursor++];
            if (peer.isActive()) {
                return peer;
            }
        }
        return null;
    }

    private void shuffle() {
        for (int i = size - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            Peer peer = order[i];
            order[i] = order[other];
            order[other] = peer;
        }
    }

    /** Chooses up to so many different active members at random, but one; returns how many. */
    int chooseActive(Peer[] chosen, int wanted, @Nullable Peer except) {
        int count = 0;
        int from = size == 0 ? 0 : random.nextInt(size);
        if (size <= 2 * wanted) {
            for (int i = 0; i < size && count < wanted; i++) {
                count = choose(chosen, count, order[(from + i) % size], except);
            }
            return count;
        }
        for (int tries = 4 * size; tries > 0 && count < wanted; tries--) {
            count = choose(chosen, count, order[random.nextInt(size)], except);
        }
        return count;
    }

    private static int choose(Peer[] chosen, int count, Peer peer, @Nullable Peer except) {
        if (!peer.isActive() || peer == except) {
            return count;
        }
        for (int i = 0; i < count; i++) {
            if (chosen[i] == peer) {
                return count;
            }
        }
        chosen[count] = peer;
        return count + 1;
    }
}
