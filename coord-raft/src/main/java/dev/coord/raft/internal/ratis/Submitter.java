package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.AppendException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Appends entries, straight to the division: the way through the server would cost a hop between threads. The client id is
 * new with every start, as call ids begin anew.
 */
final class Submitter {
    private final RaftServer.Division division;
    private final RaftClientAsynchronousProtocol protocol;
    private final RaftGroupId groupId;
    private final RaftPeerId self;
    private final int maxEntryBytes;
    private final BooleanSupplier broken;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final Queue<Long> done = new ConcurrentLinkedQueue<>();
    private final Set<Pending> outstanding = ConcurrentHashMap.newKeySet();
    private volatile boolean down;

    Submitter(RaftServer.Division division, RaftGroupId groupId, int maxEntryBytes, BooleanSupplier broken) {
        this.division = division;
        // Ratis's division implements it, though its interface does not say so.
        protocol = (RaftClientAsynchronousProtocol) division;
        this.groupId = groupId;
        self = division.getId();
        this.maxEntryBytes = maxEntryBytes;
        this.broken = broken;
    }

    CompletableFuture<Void> append(byte[] entry) {
        if (entry.length > maxEntryBytes) {
            return refuse("an entry of " + entry.length + " bytes exceeds the limit of " + maxEntryBytes);
        }
        if (down || !division.getInfo().isLeader()) {
            return refuse(down ? "Raft has stopped on this peer" : "this peer does not lead");
        }
        Pending pending = new Pending(callIds.incrementAndGet(), new EntryMessage(entry), new CompletableFuture<>());
        outstanding.add(pending);
        submit(pending);
        if (down) {
            fail(pending, new IOException("Raft has stopped on this peer"));
        }
        return pending.result;
    }

    private void submit(Pending pending) {
        try {
            var unused = protocol.submitClientRequestAsync(request(pending))
                    .whenComplete((reply, error) -> complete(pending, reply, error));
        } catch (IOException | RuntimeException e) {
            fail(pending, e);
        }
    }

    /** Fails what is on its way and what is to come: Ratis does not answer once its log has failed. */
    void shut() {
        down = true;
        outstanding.forEach(pending -> fail(pending, new IOException("Raft has stopped on this peer")));
    }

    private RaftClientRequest request(Pending pending) {
        return RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(self)
                .setGroupId(groupId)
                .setCallId(pending.callId)
                .setMessage(pending.message)
                .setType(RaftClientRequest.writeRequestType())
                .setRepliedCallIds(drainDone())
                .build();
    }

    /** Calls that are over; Ratis forgets them. */
    private List<Long> drainDone() {
        List<Long> result = new ArrayList<>();
        for (Long id = done.poll(); id != null; id = done.poll()) {
            result.add(id);
        }
        return result;
    }

    private void complete(Pending pending, @Nullable RaftClientReply reply, @Nullable Throwable error) {
        if (reply != null && reply.isSuccess() && !broken.getAsBoolean()) {
            forget(pending);
            pending.result.complete(null);
        } else {
            fail(pending, error != null ? error : reply == null ? null : reply.getException());
        }
    }

    private void fail(Pending pending, @Nullable Throwable cause) {
        forget(pending);
        pending.result.completeExceptionally(failure(pending.message, cause));
    }

    private void forget(Pending pending) {
        if (outstanding.remove(pending)) {
            done.add(pending.callId);
        }
    }

    private static AppendException failure(EntryMessage message, @Nullable Throwable error) {
        Throwable cause = error == null ? new IOException("it was not applied here") : Failures.unwrap(error);
        String leader = cause instanceof NotLeaderException e && e.getSuggestedLeader() != null
                ? e.getSuggestedLeader().getId().toString()
                : null;
        String what = message.isAppended() ? "the entry may or may not commit: " : "the entry was not appended: ";
        return new AppendException(what + Failures.describe(cause), message.isAppended(), leader);
    }

    private CompletableFuture<Void> refuse(String why) {
        RaftPeerId leader = division.getInfo().getLeaderId();
        return CompletableFuture.failedFuture(
                new AppendException(why, false, leader == null ? null : leader.toString()));
    }

    private record Pending(long callId, EntryMessage message, CompletableFuture<Void> result) {}
}
