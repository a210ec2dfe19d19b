package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimMember.State;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One piece of gossip as it stands in a message; reused for the next. */
final class Update {
    private static final int STATE = 0x03;
    private static final int DETAILS = 0x04;
    private static final int ACCUSERS_SHIFT = 3;
    private static final int ACCUSERS = 0x07;
    private static final int OTHER_DETAILS = 0x40;
    private static final int UNUSED = 0x80;

    /** The most accusers that are passed on: the first and those who confirm. */
    static final int MAX_ACCUSERS = 7;

    byte[] bytes = new byte[0];
    int nameAt;
    int nameLength;
    long instance;
    long incarnation;
    State state = State.ALIVE;
    boolean detailed;
    final long[] accusers = new long[MAX_ACCUSERS];
    int accuserCount;
    long detailsInstance;
    long detailsIncarnation;
    private int addressAt;
    private int addressLength;
    private int metadataAt;
    private int metadataLength;

    static int head(State state, boolean detailed, boolean otherDetails, int accusers) {
        return code(state)
                | (detailed ? DETAILS : 0)
                | (accusers << ACCUSERS_SHIFT)
                | (otherDetails ? OTHER_DETAILS : 0);
    }

    private static int code(State state) {
        return switch (state) {
            case ALIVE -> 0;
            case SUSPECT -> 1;
            case DEAD -> 2;
            case LEFT -> 3;
        };
    }

    private static State state(int code) {
        return switch (code) {
            case 0 -> State.ALIVE;
            case 1 -> State.SUSPECT;
            case 2 -> State.DEAD;
            default -> State.LEFT;
        };
    }

    /** Reads the next one; the reader fails if it cannot. */
    void read(WireReader in) {
        bytes = in.bytes();
        int head = in.octet();
        state = state(head & STATE);
        detailed = (head & DETAILS) != 0;
        accuserCount = (head >>> ACCUSERS_SHIFT) & ACCUSERS;
        boolean otherDetails = (head & OTHER_DETAILS) != 0;
        in.check((head & UNUSED) == 0 && (detailed || !otherDetails));
        in.check(accuserCount == 0 || state == State.SUSPECT);
        nameLength = in.length(1, SwimMember.MAX_NAME_BYTES);
        nameAt = in.skip(nameLength);
        instance = in.fixed();
        incarnation = in.number();
        for (int i = 0; i < accuserCount && in.isFine(); i++) {
            accusers[i] = in.fixed();
        }
        if (detailed) {
            readDetails(in, otherDetails);
        }
    }

    private void readDetails(WireReader in, boolean otherDetails) {
        detailsInstance = otherDetails ? in.fixed() : instance;
        detailsIncarnation = otherDetails ? in.number() : incarnation;
        addressLength = in.length(1, SwimMember.MAX_ADDRESS_BYTES);
        addressAt = in.skip(addressLength);
        metadataLength = in.longLength(SwimMember.MAX_METADATA_BYTES);
        metadataAt = in.skip(metadataLength);
    }

    boolean isAbout(Peer peer) {
        return peer.isNamed(bytes, nameAt, nameLength);
    }

    byte[] name() {
        return Arrays.copyOfRange(bytes, nameAt, nameAt + nameLength);
    }

    String address() {
        return new String(bytes, addressAt, addressLength, StandardCharsets.UTF_8);
    }

    byte[] metadata() {
        return Arrays.copyOfRange(bytes, metadataAt, metadataAt + metadataLength);
    }

    boolean hasDetails(byte[] address, byte[] metadata) {
        return Arrays.equals(metadata, 0, metadata.length, bytes, metadataAt, metadataAt + metadataLength)
                && Arrays.equals(address, 0, address.length, bytes, addressAt, addressAt + addressLength);
    }
}
