package dev.coord.recipes.broadcast;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Messages to all members of a group, delivered in causal order: if a member had been delivered a message when it broadcast
 * another, no member is delivered the other first. Concurrent messages come in any order, and another at each member. Safe for
 * use by any thread.
 *
 * <p><b>How.</b> Each message carries a vector clock of what its sender had been delivered, and waits at a receiver until that has
 * been delivered there (Birman, Schiper and Stephenson, <i>Lightweight Causal and Atomic Group Multicast</i>, 1991, section 5.1,
 * protocol VT). The sender is delivered its own at once. A message costs one request and answer for each other member, and nobody
 * waits for anybody who has nothing to do with it.
 *
 * <p><b>What it promises.</b> What a member broadcasts that does not die is delivered once at each member that does not die. What a
 * member broadcast before it died is delivered once at most, at some perhaps and not at others: nobody passes messages on for the
 * dead. Messages that depend on one that is missing here wait until its sender lives, or lives again: see {@link #blockedBy()}.
 *
 * <p><b>Restarts.</b> A member that restarts has forgotten everything. It begins where each other member tells it: what that
 * member broadcasts from then on it is delivered, in causal order, and nothing of before. When the others hear from the new
 * process they wait no longer for what the old one may have left; of that, what was not delivered yet never is.
 *
 * <p><b>Bounds.</b> A member that is dead or cut off leaves messages to it unanswered. When there are too many, to broadcast fails
 * with {@link dev.coord.LimitExceededException} until it is back.
 */
public final class CausalBroadcast implements AutoCloseable {
    private static final int FIRST = 1;
    private static final int MESSAGE = 2;

    private final Link link;
    private final Backlog backlog;

    // ---- in the link's context
    private final Frontier delivered = new Frontier();

    /** Taken and not delivered, by sender. Only the first of each may be next. */
    private final Map<String, Deque<Message>> waiting = new TreeMap<>();

    /** The process of each member that has told itself where it begins. */
    private final Map<String, Life> begun = new HashMap<>();

    /** Broadcast and not received by all, by number. */
    private final Map<Long, CompletableFuture<Void>> underWay = new TreeMap<>();

    private record Message(String sender, Frontier clock, Value payload) {
        Point point() {
            return clock.get(sender);
        }
    }

    private CausalBroadcast(BroadcastGroup group, DeliveryListener listener) {
        link = new Link(group, "causal", new Causal());
        backlog = new Backlog(link, group, requireNonNull(listener, "listener"));
        group.others().forEach(member -> waiting.put(member, new ArrayDeque<>()));
        link.open();
    }

    /**
     * Opens the group at this member. Does not wait for the others: one that is not there yet gets what was broadcast meanwhile,
     * up to the bound.
     *
     * @param group the group, the same at each member
     * @param listener is told of each message
     * @return this member's place in it; close it when done
     * @throws IllegalStateException if it is open at this peer already
     */
    public static CausalBroadcast open(BroadcastGroup group, DeliveryListener listener) {
        return new CausalBroadcast(group, listener);
    }

    /**
     * Broadcasts, without waiting.
     *
     * @param payload what to broadcast, at most {@link BroadcastGroup#MAX_PAYLOAD} bytes
     * @return completes when each other member has received it (which is before it is delivered there), or has restarted; fails
     *     with {@link dev.coord.LimitExceededException} if too many messages are unanswered, or delivered and not heard here, and
     *     then it was not broadcast; with {@link dev.coord.ClosedException} when this is closed, or
     *     {@link MemberRestartedException} when a later process of this member was heard of: then some may have received it
     * @throws IllegalArgumentException if it is too long
     */
    public CompletableFuture<Void> broadcast(Value payload) {
        Payloads.check(payload);
        CompletableFuture<Void> received = new CompletableFuture<>();
        link.run(() -> broadcast(payload, received), cause -> fail(received, link.refusal(cause)));
        return received;
    }

    private void broadcast(Value payload, CompletableFuture<Void> received) {
        try {
            checkRoom();
        } catch (CoordException e) {
            fail(received, e);
            return;
        }
        Point mine = delivered.get(link.self()).next();
        delivered.raise(link.self(), mine);
        backlog.add(link.self());
        backlog.deliver(link.self(), payload);
        byte[] message = delivered
                .writeTo(new WireWriter(MESSAGE))
                .rest(payload.toByteArray())
                .done();
        underWay.put(mine.count(), received);
        int[] missing = {link.others().size()};
        link.sendAll(message, () -> {
            if (--missing[0] == 0) {
                done(mine.count());
            }
        });
        if (link.others().isEmpty()) {
            done(mine.count());
        }
    }

    private void checkRoom() {
        link.checkRoom();
        if (!backlog.hasRoom(link.self())) {
            throw link.tooMuch("are not heard by the listener here");
        }
    }

    private void done(long number) {
        CompletableFuture<Void> received = underWay.remove(number);
        if (received != null) {
            link.callBack(() -> received.complete(null));
        }
    }

    private void fail(CompletableFuture<Void> received, CoordException cause) {
        link.callBack(() -> received.completeExceptionally(cause));
    }

    private void deliverReady() {
        boolean again = true;
        while (again) {
            again = false;
            for (Deque<Message> ofSender : waiting.values()) {
                again |= deliverFirst(ofSender);
            }
        }
    }

    /** Delivers or drops the first message of a sender; false if it has to wait. */
    private boolean deliverFirst(Deque<Message> ofSender) {
        Message first = ofSender.peek();
        if (first == null || !isReady(first)) {
            return false;
        }
        ofSender.remove();
        if (first.point().isAtMost(delivered.get(first.sender()))) {
            backlog.drop(first.sender());
        } else {
            delivered.raise(first.sender(), first.point());
            backlog.deliver(first.sender(), first.payload());
        }
        return true;
    }

    private boolean isReady(Message message) {
        Point last = delivered.get(message.sender());
        return message.point().isAtMost(last)
                || (message.point().isNextAfter(last) && missing(message).isEmpty());
    }

    private Set<String> missing(Message message) {
        return delivered.behind(message.clock(), message.sender());
    }

    /**
     * Returns whom this waits for at the moment: members that have not answered for a message of this one, and those whose
     * messages are missing before others can be delivered here. Local; never waits.
     *
     * @return their ids, immutable; a member that stays in it is dead, cut off or slow
     */
    public Set<String> blockedBy() {
        return link.blockedBy();
    }

    /** Leaves the group: nothing is sent, taken or answered any more; what was delivered is still heard. Does not wait. Safe to repeat. */
    @Override
    public void close() {
        link.close();
    }

    @Override
    public String toString() {
        return "CausalBroadcast of " + link.self() + " in " + link;
    }

    private final class Causal implements Protocol {

        @Override
        public byte[] first() {
            // The own entry tells the process, also before its first message.
            delivered.raise(link.self(), new Point(link.life(), 0));
            return delivered.writeTo(new WireWriter(FIRST)).done();
        }

        @Override
        public boolean take(String from, WireReader body) {
            int kind = body.kind();
            switch (kind) {
                case FIRST -> begin(from, Frontier.read(body));
                case MESSAGE -> {
                    if (!backlog.hasRoom(from)) {
                        return false;
                    }
                    Message message = new Message(from, Frontier.read(body), Value.of(body.rest()));
                    requireNonNull(waiting.get(from)).add(message);
                    backlog.add(from);
                }
                default -> throw Wire.unknown(kind);
            }
            deliverReady();
            return true;
        }

        /** Begins where a member says: of itself, and of those that have not said so themselves. */
        private void begin(String from, Frontier there) {
            Deque<Message> old = requireNonNull(waiting.get(from));
            old.forEach(message -> backlog.drop(from));
            old.clear();
            begun.put(from, there.get(from).life());
            delivered.raise(from, there.get(from));
            for (String member : there.members()) {
                Point point = there.get(member);
                Life own = begun.getOrDefault(member, Life.UNKNOWN);
                if (!member.equals(link.self()) && own.compareTo(point.life()) < 0) {
                    delivered.raise(member, point);
                }
            }
        }

        @Override
        public void restarted(String member) {
            // It will say where it begins.
        }

        @Override
        public Set<String> awaited() {
            Set<String> awaited = new TreeSet<>();
            for (Deque<Message> ofSender : waiting.values()) {
                Message first = ofSender.peek();
                if (first != null) {
                    awaited.addAll(missing(first));
                }
            }
            return awaited;
        }

        @Override
        public void ended(CoordException cause) {
            underWay.values().forEach(received -> fail(received, cause));
            underWay.clear();
        }
    }
}
