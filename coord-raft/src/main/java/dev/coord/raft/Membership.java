package dev.coord.raft;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import dev.coord.raft.internal.client.MemberChange;
import dev.coord.raft.internal.client.PeerCore;
import dev.coord.raft.internal.transport.PeerAddress;
import dev.coord.raft.internal.transport.Transport;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The members of the cluster, who vote and hold the store. They change one at a time, while the cluster is used, by joint
 * consensus (Raft, section 6). Safe for use by any thread.
 *
 * <p>To replace a peer that is lost, with its disk or its machine: {@link #remove} it at a peer that lives, start another with
 * a <em>new id</em> and an empty directory, and {@link #add} that. An id belongs to one data directory for ever. As long as the
 * lost one is still counted, a further loss may cost the majority; without a majority nothing can be changed.
 *
 * <p>A change is begun by the Raft leader, which any peer asks. It can be repeated: a member that is there is not added
 * again, nor one removed that is not. To move a machine to another address nothing is added: the others' settings are changed, and
 * they are started anew.
 *
 * <p>The settings of those who are members do not count any more once they have taken part, but for addresses. See {@code
 * docs/operations.md} for all steps.
 */
public final class Membership {
    private final PeerCore core;
    private final Transport transport;
    private final Map<String, PeerAddress> given;

    Membership(PeerCore core, Transport transport, Map<String, PeerAddress> given) {
        this.core = core;
        this.transport = transport;
        this.given = given;
    }

    /**
     * Returns the members that this peer knows. Local: it may be behind, or show a change that is not certain yet; before the
     * peer takes part those of its settings.
     *
     * @return addresses like {@code 10.0.0.1:7101} by id, in the order of the ids; an empty address is one not known here
     */
    public SortedMap<String, String> current() {
        Set<String> voters = core.status().voters();
        SortedMap<String, String> members = new TreeMap<>();
        for (String id : voters.isEmpty() ? given.keySet() : voters) {
            PeerAddress address = given.get(id);
            members.put(
                    id,
                    address != null
                            ? address.toString()
                            : transport.address(id).map(PeerAddress::toString).orElse(""));
        }
        return members;
    }

    /**
     * Adds a member, waiting until it votes. Start its peer before, with an empty directory and in its
     * {@linkplain CoordPeer.Builder#members members} those of the moment and itself; it takes part once it is added. The others
     * learn its address by the log.
     *
     * <p>It first gets the whole store; until then it counts for nothing. From the moment it is called its id belongs to its directory,
     * though the change may fail yet: keep that directory, and add it again.
     *
     * @param member id and address, like {@code n4=10.0.0.4:7101}
     * @param timeout how long to try
     * @throws InterruptedException if interrupted while waiting; the member may be added or not
     * @throws InvalidConfigException if the text is malformed
     * @throws IllegalArgumentException if the timeout is not greater than zero
     * @throws MembershipException if it must not be added, or could not all the time: it is a member already, at another address;
     *     its id belongs to another directory, its directory is not empty, it could not be asked, or too few members answer for a
     *     majority. Nothing has changed
     * @throws dev.coord.ClosedException if this peer is closed, or is itself removed, meanwhile
     * @throws dev.coord.UnavailableException if no Raft leader was found in time
     * @throws dev.coord.IndeterminateException if a leader was asked, and did not say in time that it was added; the message tells
     *     what stood in the way. Add it again, or remove it
     */
    public void add(String member, Duration timeout) throws InterruptedException {
        await(addAsync(member, timeout));
    }

    /**
     * Adds a member as {@link #add} does, without waiting.
     *
     * @param member id and address
     * @param timeout how long to try
     * @return completes once it votes, on a callback thread
     */
    public CompletableFuture<Void> addAsync(String member, Duration timeout) {
        Map<String, PeerAddress> parsed = Members.parse(member);
        if (parsed.size() != 1) {
            throw new InvalidConfigException(
                    "'" + member + "' has " + parsed.size() + " members; add one after the other");
        }
        Map.Entry<String, PeerAddress> only = parsed.entrySet().iterator().next();
        return change(new MemberChange(only.getKey(), only.getValue()), timeout);
    }

    /**
     * Removes a member, waiting until it votes no more. It may be this peer, and need not live. If it lives it finds out soon,
     * by itself: its state is {@link PeerStatus.State#REMOVED} then, and it has to be closed. If it is the Raft leader it hands
     * over first.
     *
     * @param id the member
     * @param timeout how long to try
     * @throws InterruptedException if interrupted while waiting; the member may be removed or not
     * @throws InvalidConfigException if the id is malformed
     * @throws IllegalArgumentException if the timeout is not greater than zero
     * @throws dev.coord.ClosedException if this peer is closed, or is itself removed, meanwhile
     * @throws MembershipException if it must not be removed, or could not all the time: it is the last one, or too few of the
     *     others answer for a majority. Nothing has changed
     * @throws dev.coord.UnavailableException if no Raft leader was found in time
     * @throws dev.coord.IndeterminateException if a leader was asked, and did not say in time that it was removed. Remove it again,
     *     or add it
     */
    public void remove(String id, Duration timeout) throws InterruptedException {
        await(removeAsync(id, timeout));
    }

    /**
     * Removes a member as {@link #remove} does, without waiting.
     *
     * @param id the member
     * @param timeout how long to try
     * @return completes once it votes no more, on a callback thread
     */
    public CompletableFuture<Void> removeAsync(String id, Duration timeout) {
        return change(new MemberChange(Members.checkId("member id", id), null), timeout);
    }

    private CompletableFuture<Void> change(MemberChange change, Duration timeout) {
        if (requireNonNull(timeout, "timeout").isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a timeout of " + timeout + ": it must be greater than zero");
        }
        return core.changeMembers(change, timeout).thenAccept(refusal -> {
            if (!refusal.isEmpty()) {
                throw new MembershipException(refusal);
            }
        });
    }

    private static void await(CompletableFuture<Void> change) throws InterruptedException {
        try {
            change.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CoordException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        }
    }
}
