package dev.coord.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A peer in a process of its own. Its process is started anew after each end; the peer is the same. */
public interface PeerProcess {

    /**
     * Returns the peer's id.
     *
     * @return {@code n1}, {@code n2} and so on
     */
    String id();

    /**
     * Returns the peer's number.
     *
     * @return 1, 2 and so on
     */
    int number();

    /**
     * Returns the loopback address that the peer listens on, and no other peer: {@code 127.0.N.1}. Its own connections to others
     * come from {@code 127.0.0.1}; to tell those apart give its process an id of its own by {@link Launch#prefix()}.
     *
     * @return the address
     */
    String host();

    /**
     * Returns the port of the peer's traffic with others. The driver's commands come by another port and are not to be cut.
     *
     * @return the port
     */
    int port();

    /**
     * Returns the directory with all that is the peer's.
     *
     * @return the directory; its log and snapshots are in {@link #dataDirectory()}
     */
    Path directory();

    /**
     * Returns where the peer's log and snapshots are, by the settings of its {@link #launch()}.
     *
     * @return the directory
     */
    Path dataDirectory();

    /**
     * Returns how the process is launched; changes count from the next start on.
     *
     * @return the launch
     */
    Launch launch();

    /**
     * Returns the process id of the present process, or of the last one.
     *
     * @return the id, 0 before the first start
     */
    long pid();

    /**
     * Tells whether the process is there, be it stopped.
     *
     * @return true until it has ended
     */
    boolean isAlive();

    /**
     * Waits until the process has ended.
     *
     * @return its exit status: 137 if it was killed
     * @throws InterruptedException if interrupted
     */
    int awaitExit() throws InterruptedException;

    /**
     * Sends the process a signal.
     *
     * @param name {@code KILL}, {@code STOP}, {@code CONT} or {@code TERM}
     * @throws IOException if it cannot be sent
     * @throws InterruptedException if interrupted
     */
    void signal(String name) throws IOException, InterruptedException;

    /**
     * Starts a process. Does not wait until the peer takes part; the driver's clients come back by themselves.
     *
     * @throws IOException if it cannot be started
     * @throws IllegalStateException if one is running
     */
    void start() throws IOException;

    /**
     * Has the process die when its code gets to a place.
     *
     * @param place the place, as the agent in the process knows it
     * @throws IOException if the process does not answer
     * @throws InterruptedException if interrupted
     */
    void arm(String place) throws IOException, InterruptedException;

    /**
     * Has the peer add another to the members of the cluster, and waits until it is one.
     *
     * @param newcomer who
     * @throws IOException if that does not come about
     * @throws InterruptedException if interrupted
     */
    void addMember(PeerProcess newcomer) throws IOException, InterruptedException;

    /**
     * Has the peer remove another from the members of the cluster, and waits until it is none.
     *
     * @param member who
     * @throws IOException if that does not come about
     * @throws InterruptedException if interrupted
     */
    void removeMember(PeerProcess member) throws IOException, InterruptedException;

    /**
     * Asks the peer who the members are.
     *
     * @return their ids, empty if it does not answer
     * @throws InterruptedException if interrupted
     */
    List<String> members() throws InterruptedException;

    /**
     * Asks the peer how it is.
     *
     * @return its state as in {@link dev.coord.raft.PeerStatus.State}, or {@code GONE} if it does not answer
     */
    String state();
}
