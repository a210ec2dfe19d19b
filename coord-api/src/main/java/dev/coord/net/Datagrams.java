package dev.coord.net;

/**
 * Sends and receives datagrams: each arrives whole once, or several times, or not at all, in any order, from anybody who can
 * reach the address. Whoever cares who sent one must have it prove so itself.
 *
 * <p>Addresses are text, as the implementation reads it ({@code host:port} for UDP). Safe for use by any thread.
 */
public interface Datagrams extends AutoCloseable {

    /**
     * Handles what arrives. Called by one thread at a time, which serves the network: it must not block. What it throws is
     * logged and counts as handled.
     */
    @FunctionalInterface
    interface Receiver {
        /**
         * Handles one datagram.
         *
         * @param from the address it claims to come from
         * @param payload its bytes; the receiver may keep them
         */
        void receive(String from, byte[] payload);
    }

    /**
     * Returns the address that others send to, to reach this.
     *
     * @return the own address
     */
    String address();

    /**
     * Returns how long a payload may be.
     *
     * @return bytes; at least 1,200, which fits one packet on any path in use
     */
    int maxPayload();

    /**
     * Sends one datagram, without waiting. Nobody learns whether it arrives; after {@link #close()} it goes nowhere.
     *
     * @param to an address
     * @param payload the bytes; not copied, so do not change them afterwards
     * @throws IllegalArgumentException if the address cannot be read, or the payload is longer than {@link #maxPayload()}
     */
    void send(String to, byte[] payload);

    /**
     * Begins to hand over what arrives; until then it is dropped. Called once.
     *
     * @param receiver what handles it
     * @throws IllegalStateException if called a second time
     */
    void receive(Receiver receiver);

    /** Stops. Nothing is handed over once it has returned, unless it is called by the receiver. Safe to repeat. */
    @Override
    void close();
}
