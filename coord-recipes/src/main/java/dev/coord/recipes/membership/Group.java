package dev.coord.recipes.membership;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Presence;
import dev.coord.recipes.internal.PresencePath;
import dev.coord.recipes.mirror.MirrorSnapshot;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A group of named members, each there for as long as its session. Immutable; safe for use by any thread, and cheap to
 * create.
 *
 * <p><b>What it promises.</b> A name has one member at a time, decided by the store. Joins, leaves and updates have one
 * order, that of the store's revisions, and every observer is told the same views by the same numbers (as the views of
 * virtual synchrony, Birman and Joseph 1987, though without its promise on messages). A member whose process dies or is cut
 * off leaves when its session expires; its own handle is {@linkplain Member#lost() lost} before.
 *
 * <p><b>What it costs.</b> A join, an update or a leave is one log entry, as is the end of a session for all its members
 * together. Each observer has one watch; a member watches its own key. {@link #members()} is one linearizable read.
 */
public final class Group {
    /** The largest metadata in bytes: 8 less than a value may have. */
    public static final int MAX_METADATA_BYTES = Value.MAX_BYTES - Long.BYTES;

    private final Coord coord;
    private final PresencePath path;

    private Group(Coord coord, PresencePath path) {
        this.coord = coord;
        this.path = path;
    }

    /**
     * Returns the group of this name. Does not touch the store.
     *
     * @param coord the handle whose session members are to live by
     * @param path the group's name, such as {@code /groups/workers}; its members are keys below it that begin with
     *     {@code @}
     * @return the group
     * @throws IllegalArgumentException if the path is no proper key, ends with {@code /}, or has a part that begins with
     *     {@code @}
     */
    public static Group on(Coord coord, String path) {
        return new Group(requireNonNull(coord, "coord"), new PresencePath(requireNonNull(path, "path")));
    }

    /**
     * Joins, if the name is free.
     *
     * @param name not empty; also of one that has just restarted, whose former session may live for a while: see
     *     {@link #join(String, Value, Duration)}
     * @param metadata what others are to be told, such as an address; at most {@link #MAX_METADATA_BYTES}
     * @return the membership, or who has the name
     * @throws InterruptedException if interrupted; then the caller is no member
     * @throws dev.coord.UnavailableException if the store did not answer in time; should it have heard, the join is undone
     * @throws dev.coord.CoordException as {@link dev.coord.kv.Kv} describes for writes, but never indeterminate
     * @throws IllegalArgumentException if the name makes no proper key or the metadata is too large
     */
    public JoinResult join(String name, Value metadata) throws InterruptedException {
        return join(name, metadata, Duration.ZERO);
    }

    /**
     * Joins, and waits for the name if it is taken.
     *
     * @param name not empty
     * @param metadata what others are to be told; at most {@link #MAX_METADATA_BYTES}
     * @param patience how long to wait for the name, not at all if not positive; to outlast a former session, more than its
     *     time to live. Who waits has no place in a line
     * @return the membership, or who has the name
     * @throws InterruptedException if interrupted; then the caller is no member
     * @throws dev.coord.CoordException as {@link #join(String, Value)}
     * @throws IllegalArgumentException if the name makes no proper key or the metadata is too large
     */
    public JoinResult join(String name, Value metadata, Duration patience) throws InterruptedException {
        Async.refuseIfInterrupted();
        CompletableFuture<JoinResult> joined = joinAsync(name, metadata, patience);
        return Async.await(coord, joined, late -> late.member().ifPresent(Member::closeAsync));
    }

    /**
     * Joins without waiting, if the name is free.
     *
     * @param name not empty
     * @param metadata what others are to be told; at most {@link #MAX_METADATA_BYTES}
     * @return the membership, or who has the name; fails as {@link #join(String, Value)} does. Cancel the future to withdraw
     * @throws IllegalArgumentException if the name makes no proper key or the metadata is too large
     */
    public CompletableFuture<JoinResult> joinAsync(String name, Value metadata) {
        return joinAsync(name, metadata, Duration.ZERO);
    }

    /**
     * Joins without waiting on this thread, once the name is free.
     *
     * @param name not empty
     * @param metadata what others are to be told; at most {@link #MAX_METADATA_BYTES}
     * @param patience how long to wait for the name, not at all if not positive
     * @return the membership, or who has the name; fails as {@link #join(String, Value)} does. Cancel the future to withdraw
     * @throws IllegalArgumentException if the name makes no proper key or the metadata is too large
     */
    public CompletableFuture<JoinResult> joinAsync(String name, Value metadata, Duration patience) {
        String key = path.key(requireNonNull(name, "name"));
        requireNonNull(metadata, "metadata");
        requireNonNull(patience, "patience");
        return Presence.claim(coord, key, metadata, patience, answer -> result(name, answer));
    }

    private JoinResult result(String name, Presence.Answer answer) {
        if (answer instanceof Presence.Answer.Present present) {
            return new JoinResult.Joined(new Member(name, present));
        }
        Entry by = ((Presence.Answer.Taken) answer).by();
        Value metadata = by.value().size() < Long.BYTES ? Value.EMPTY : Presence.content(by.value());
        return new JoinResult.NameTaken(new MemberInfo(name, metadata, by.createRevision(), by.lease()));
    }

    /**
     * Tells who is a member, by a linearizable read. The answer may be outdated when it arrives.
     *
     * @return the view of the moment
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.UnavailableException if no Raft leader can be confirmed
     */
    public GroupView members() throws InterruptedException {
        return members(Consistency.linearizable());
    }

    /**
     * Tells who is a member.
     *
     * @param consistency what the read promises; {@link Consistency#sequential()} answers from local memory at once
     * @return the view
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.CoordException as the consistency describes
     */
    public GroupView members(Consistency consistency) throws InterruptedException {
        RangeQuery all = RangeQuery.of(path.range());
        return new GroupView(path, MirrorSnapshot.of(coord.kv().range(all, consistency), GroupObservation.CONTENT));
    }

    /**
     * Observes the group, as this peer's replica sees it: in order, without gap, perhaps late. Does not wait.
     *
     * @param listener who is told, first of the view of the moment, on the peer's callback threads
     * @return the running observation; close it when done
     */
    public GroupObservation observe(GroupListener listener) {
        return observe(listener, coord.callbacks());
    }

    /**
     * Observes the group on an executor of one's own. Does not wait.
     *
     * @param listener who is told, first of the view of the moment
     * @param executor runs the calls; should it refuse one, the listener is told no more
     * @return the running observation; close it when done
     */
    public GroupObservation observe(GroupListener listener, Executor executor) {
        return new GroupObservation(
                coord, path, requireNonNull(listener, "listener"), requireNonNull(executor, "executor"));
    }

    @Override
    public String toString() {
        return "Group(" + path.path() + ")";
    }
}
