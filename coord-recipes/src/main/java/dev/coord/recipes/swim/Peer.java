package dev.coord.recipes.swim;

import dev.coord.kv.Value;
import dev.coord.recipes.swim.SwimMember.State;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is believed of one member. Two registers, each of which only ever grows, so that the order in which things are heard
 * does not matter: the state, by (incarnation, instance, state), and the details, which are address and metadata, by
 * (incarnation, instance).
 */
final class Peer {
    final byte[] name;
    final int hash;
    String address;
    byte[] addressBytes;
    byte[] metadata;
    long instance;
    long incarnation;
    State state = State.ALIVE;
    long detailsInstance;
    long detailsIncarnation;

    /** The messages of this instance that came; another instance begins anew. */
    private @Nullable ReplayWindow window;

    /** Since when it has been in its state. */
    long since;

    @Nullable
    Suspicion suspicion;

    /** How often its state was passed on; -1 if it need not be any more. The links are those of {@link GossipQueue}. */
    int told = -1;

    @Nullable
    Peer previous;

    @Nullable
    Peer next;

    Peer(byte[] name, String address, byte[] metadata, long instance, long incarnation) {
        this.name = name;
        this.hash = hash(name, 0, name.length);
        this.address = address;
        this.addressBytes = address.getBytes(StandardCharsets.UTF_8);
        this.metadata = metadata;
        this.instance = instance;
        this.incarnation = incarnation;
        this.detailsInstance = instance;
        this.detailsIncarnation = incarnation;
    }

    /** Begins to know one as it is told; what its state is comes next. */
    static Peer told(Update update) {
        Peer peer = new Peer(update.name(), update.address(), update.metadata(), update.instance, update.incarnation);
        peer.detailsInstance = update.detailsInstance;
        peer.detailsIncarnation = update.detailsIncarnation;
        peer.state = State.DEAD;
        return peer;
    }

    /** Tells whether a message of it is no copy of one that came before. */
    boolean isNew(long number) {
        if (window == null) {
            window = new ReplayWindow();
        }
        return window.isNew(number);
    }

    /** Takes another state, perhaps of another process of the name. */
    void become(long nextInstance, long nextIncarnation) {
        if (nextInstance != instance) {
            window = null;
        }
        instance = nextInstance;
        incarnation = nextIncarnation;
    }

    /** Renews what it says of itself, which only it does. */
    void renew(long next) {
        incarnation = next;
        detailsIncarnation = next;
    }

    static int hash(byte[] bytes, int from, int length) {
        int hash = 1;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        int mixed = hash * 0x9E3779B9;
        return mixed ^ (mixed >>> 16);
    }

    boolean isNamed(byte[] bytes, int from, int length) {
        return Arrays.equals(name, 0, name.length, bytes, from, from + length);
    }

    /** Tells whether a belief is older (negative), the same (zero) or newer (positive) than this one. */
    int compare(long otherIncarnation, long otherInstance, State otherState) {
        if (otherIncarnation != incarnation) {
            return otherIncarnation > incarnation ? 1 : -1;
        }
        if (otherInstance != instance) {
            return otherInstance > instance ? 1 : -1;
        }
        return otherState.compareTo(state);
    }

    /** Tells whether the details are those of its state's incarnation. */
    boolean hasOwnDetails() {
        return detailsIncarnation == incarnation && detailsInstance == instance;
    }

    boolean isActive() {
        return state.isActive();
    }

    /** Takes address and metadata if they are newer; tells whether they differ. */
    boolean takeDetails(Update update) {
        boolean newer = update.detailsIncarnation != detailsIncarnation
                ? update.detailsIncarnation > detailsIncarnation
                : update.detailsInstance > detailsInstance;
        if (!newer) {
            return false;
        }
        detailsIncarnation = update.detailsIncarnation;
        detailsInstance = update.detailsInstance;
        if (update.hasDetails(addressBytes, metadata)) {
            return false;
        }
        address = update.address();
        addressBytes = address.getBytes(StandardCharsets.UTF_8);
        metadata = update.metadata();
        return true;
    }

    SwimMember toMember() {
        return new SwimMember(text(), address, instance, incarnation, state, Value.of(metadata));
    }

    String text() {
        return new String(name, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return text() + " " + state + " " + incarnation + "/" + Long.toHexString(instance);
    }
}
