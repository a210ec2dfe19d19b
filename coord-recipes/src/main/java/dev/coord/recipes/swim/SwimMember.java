package dev.coord.recipes.swim;

import dev.coord.kv.Value;

/**
 * A member as another sees it. Immutable.
 *
 * @param name its name, 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8
 * @param address where it takes datagrams, at most {@value #MAX_ADDRESS_BYTES} bytes
 * @param instance drawn at random when its process started: a restarted member has the same name and another instance
 * @param incarnation how often what is known of it was renewed; only the member itself sets it, and a restarted one is given a
 *     greater one than its former self had
 * @param state what is believed of it
 * @param metadata what it says of itself, at most {@value #MAX_METADATA_BYTES} bytes
 */
public record SwimMember(String name, String address, long instance, long incarnation, State state, Value metadata) {
    /** The longest name, in bytes. */
    public static final int MAX_NAME_BYTES = 64;

    /** The longest address, in bytes. */
    public static final int MAX_ADDRESS_BYTES = 128;

    /** The largest metadata, in bytes: all of a member must fit one datagram. */
    public static final int MAX_METADATA_BYTES = 512;

    /** What is believed of a member; of two beliefs about one incarnation the later in this order holds. */
    public enum State {
        /** It answers. */
        ALIVE,
        /** It did not answer somebody, and may still say that it is alive. */
        SUSPECT,
        /** It was suspected for as long as a suspicion lasts. It may be cut off only: then it comes back. */
        DEAD,
        /** It said that it leaves. */
        LEFT;

        /**
         * Tells whether a member counts as one.
         *
         * @return true if alive or suspect
         */
        public boolean isActive() {
            return this == ALIVE || this == SUSPECT;
        }
    }
}
