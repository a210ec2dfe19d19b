package dev.coord.recipes.broadcast;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import dev.coord.kv.Value;
import dev.coord.recipes.causality.LamportClock;
import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Messages to all members of a group, delivered in one order that is the same at each, and that agrees with what happened before
 * what. Safe for use by any thread.
 *
 * <p><b>How.</b> Each message is stamped by a Lamport clock and acknowledged by each member to all others; it is delivered when
 * everybody has been heard with a later stamp, in the order of the stamps, equal times in that of the members' ids (Lamport,
 * <i>Time, Clocks, and the Ordering of Events in a Distributed System</i>, 1978, section "Ordering the Events Totally"). A lone
 * message takes two network delays to be delivered everywhere and N(N-1) messages for N members; one that acknowledges what came
 * before is saved its acknowledgement.
 *
 * <p><b>What it promises.</b> What members have been delivered are beginnings of one sequence, in which each message is once, at
 * all times and whatever fails. What members broadcast is delivered everywhere as long as <em>all</em> members live and reach each
 * other.
 *
 * <p><b>When a member dies</b> nothing is delivered any more, anywhere: nobody can know what it might still have sent. This is
 * inherent to acknowledgement by all, and the price for doing without a majority and a log; {@link #blockedBy()} names it. If the
 * others must go on, broadcast through the store, by a {@link dev.coord.recipes.queue.DistributedQueue} or a watch.
 *
 * <p><b>When a member restarts</b> it has forgotten what it acknowledged, so the group is over: everything fails with
 * {@link MemberRestartedException}, at the new process too. Open a group of another name.
 */
public final class TotalOrderBroadcast implements AutoCloseable {
    private static final int FIRST = 1;
    private static final int MESSAGE = 2;
    private static final int ACKNOWLEDGEMENT = 3;
    private static final int ROLL = 4;

    private final Link link;
    private final Backlog backlog;

    // ---- in the link's context
    private final StampOrder<Value> order;
    private final Map<LamportClock, Own> own = new HashMap<>();

    /**
     * Which processes each other member takes for the group's. Nothing is delivered until all agree: else one that restarted
     * early could pass for its former process at those that had not met that, and stamp anew what others have delivered already.
     */
    private final Map<String, Frontier> rolls = new TreeMap<>();

    private boolean agreed;

    /** A message of this member, until it is delivered here and received by each other. That can come in any order. */
    private static final class Own {
        final CompletableFuture<Void> done;
        int missing;

        Own(CompletableFuture<Void> done, int others) {
            this.done = done;
            missing = others + 1;
        }
    }

    /** The latest stamp that everybody was sent. */
    private LamportClock lastSent;

    private TotalOrderBroadcast(BroadcastGroup group, DeliveryListener listener) {
        link = new Link(group, "total", new Total());
        backlog = new Backlog(link, group, requireNonNull(listener, "listener"));
        order = new StampOrder<>(link.self(), group.others());
        lastSent = LamportClock.of(link.self());
        agreed = group.others().isEmpty();
        link.open();
    }

    /**
     * Opens the group at this member. Does not wait for the others, but nothing is delivered until each has opened it.
     *
     * @param group the group, the same at each member
     * @param listener is told of each message
     * @return this member's place in it; close it when done
     * @throws IllegalStateException if it is open at this peer already
     */
    public static TotalOrderBroadcast open(BroadcastGroup group, DeliveryListener listener) {
        return new TotalOrderBroadcast(group, listener);
    }

    /**
     * Broadcasts, without waiting.
     *
     * @param payload what to broadcast, at most {@link BroadcastGroup#MAX_PAYLOAD} bytes
     * @return completes when it is delivered here and each other member has received it: its place is the same everywhere, and
     *     each will be delivered it that lives and hears of the others. Fails with
     *     {@link dev.coord.LimitExceededException} if too many messages wait for others, and then it was not broadcast; with
     *     {@link MemberRestartedException} or {@link dev.coord.ClosedException} when the group is over or closed: if its outcome is
     *     unknown some members, this one too, may have been delivered it
     * @throws IllegalArgumentException if it is too long
     */
    public CompletableFuture<Void> broadcast(Value payload) {
        Payloads.check(payload);
        CompletableFuture<Void> delivered = new CompletableFuture<>();
        link.run(() -> broadcast(payload, delivered), cause -> fail(delivered, link.refusal(cause)));
        return delivered;
    }

    private void broadcast(Value payload, CompletableFuture<Void> delivered) {
        try {
            checkRoom();
        } catch (CoordException e) {
            fail(delivered, e);
            return;
        }
        LamportClock stamp = order.tick();
        own.put(stamp, new Own(delivered, link.others().size()));
        accept(stamp, payload);
        sendAll(new WireWriter(MESSAGE), stamp, payload, () -> oneMoreHas(stamp));
        deliverReady();
    }

    private void checkRoom() {
        link.checkRoom();
        if (!backlog.hasRoom(link.self())) {
            throw link.tooMuch("are not delivered or not heard here");
        }
    }

    private void accept(LamportClock stamp, Value payload) {
        backlog.add(stamp.process());
        order.add(stamp, payload);
    }

    private void sendAll(WireWriter out, LamportClock stamp, Value payload, Runnable whenOneReceived) {
        lastSent = stamp;
        link.sendAll(out.number(stamp.time()).rest(payload.toByteArray()).done(), whenOneReceived);
    }

    private void oneMoreHas(LamportClock stamp) {
        Own message = own.get(stamp);
        if (message != null && --message.missing == 0) {
            own.remove(stamp);
            link.callBack(() -> message.done.complete(null));
        }
    }

    private void fail(CompletableFuture<Void> delivered, CoordException cause) {
        link.callBack(() -> delivered.completeExceptionally(cause));
    }

    /** Whatever was sent after the latest message acknowledges all before it. */
    private void acknowledge() {
        if (!order.isEmpty() && lastSent.compareTo(order.lastStamp()) < 0) {
            sendAll(new WireWriter(ACKNOWLEDGEMENT), order.tick(), Value.EMPTY, () -> {});
        }
    }

    /** Compares the rolls of others with the own. */
    private void call() {
        if (!link.knowsAll()) {
            return;
        }
        Frontier own = link.processes();
        for (Frontier roll : rolls.values()) {
            Set<String> different = own.behind(roll, "");
            different.addAll(roll.behind(own, ""));
            if (!different.isEmpty()) {
                link.over(different.iterator().next());
                return;
            }
        }
        agreed = rolls.size() == link.others().size();
        deliverReady();
    }

    private void deliverReady() {
        while (agreed && !order.isEmpty() && order.notBeyond(order.firstStamp()).isEmpty()) {
            LamportClock stamp = order.firstStamp();
            Value payload = requireNonNull(order.remove(stamp));
            backlog.deliver(stamp.process(), payload);
            oneMoreHas(stamp);
        }
    }

    /**
     * Returns whom this waits for at the moment: members that have not answered for a message or acknowledgement of this one, and
     * those that have not acknowledged the message that is to be delivered next. Local; never waits.
     *
     * @return their ids, immutable; a member that stays in it is dead, cut off or slow, and nothing is delivered meanwhile
     */
    public Set<String> blockedBy() {
        return link.blockedBy();
    }

    /**
     * Returns a signal of the end.
     *
     * @return fails with {@link MemberRestartedException} when the group is over, and completes when this is closed; its dependents
     *     run on callback threads
     */
    public CompletableFuture<Void> ended() {
        return link.ended();
    }

    /**
     * Leaves the group: nothing is sent, taken or answered any more (what was delivered is still heard), and so nothing is delivered to the others either, as for a
     * member that died. Does not wait. Safe to repeat.
     */
    @Override
    public void close() {
        link.close();
    }

    @Override
    public String toString() {
        return "TotalOrderBroadcast of " + link.self() + " in " + link;
    }

    private final class Total implements Protocol {

        @Override
        public byte[] first() {
            return new WireWriter(FIRST).done();
        }

        @Override
        public boolean take(String from, WireReader body) {
            int kind = body.kind();
            switch (kind) {
                case FIRST -> {}
                case MESSAGE -> {
                    if (!backlog.hasRoom(from)) {
                        return false;
                    }
                    LamportClock stamp = Wire.stamp(body, from);
                    order.hear(stamp);
                    accept(stamp, Value.of(body.rest()));
                    acknowledge();
                }
                case ACKNOWLEDGEMENT -> order.hear(Wire.stamp(body, from));
                case ROLL -> {
                    rolls.put(from, Frontier.read(body));
                    call();
                }
                default -> throw Wire.unknown(kind);
            }
            deliverReady();
            return true;
        }

        @Override
        public void met() {
            if (link.knowsAll()) {
                byte[] roll = link.processes().writeTo(new WireWriter(ROLL)).done();
                link.sendAll(roll, () -> {});
                call();
            }
        }

        @Override
        public void restarted(String member) {
            link.over(member);
        }

        @Override
        public Set<String> awaited() {
            if (order.isEmpty()) {
                return Set.of();
            }
            Set<String> awaited = order.notBeyond(order.firstStamp());
            link.others().stream().filter(member -> !rolls.containsKey(member)).forEach(awaited::add);
            return awaited;
        }

        @Override
        public void ended(CoordException cause) {
            own.values().forEach(message -> fail(message.done, cause));
            own.clear();
        }
    }
}
