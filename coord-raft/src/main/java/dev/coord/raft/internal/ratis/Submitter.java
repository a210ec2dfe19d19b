package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.AppendException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
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
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final Queue<Long> done = new ConcurrentLinkedQueue<>();

    Submitter(RaftServer.Division division, RaftGroupId groupId, int maxEntryBytes) {
        this.division = division;
        // Ratis's division implements it, though its interface does not say so.
        protocol = (RaftClientAsynchronousProtocol) division;
        this.groupId = groupId;
        self = division.getId();
        this.maxEntryBytes = maxEntryBytes;
    }

    CompletableFuture<Void> append(byte[] entry) {
        if (entry.length > maxEntryBytes) {
            return refuse("an entry of " + entry.length + " bytes exceeds the limit of " + maxEntryBytes);
        }
        if (!division.getInfo().isLeader()) {
            return refuse("this peer does not lead");
        }
        EntryMessage message = new EntryMessage(entry);
        RaftClientRequest request = request(message);
        CompletableFuture<Void> result = new CompletableFuture<>();
        try {
            var unused = protocol.submitClientRequestAsync(request)
                    .whenComplete((reply, error) -> complete(result, request, message, reply, error));
        } catch (IOException | RuntimeException e) {
            complete(result, request, message, null, e);
        }
        return result;
    }

    private RaftClientRequest request(EntryMessage message) {
        return RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(self)
                .setGroupId(groupId)
                .setCallId(callIds.incrementAndGet())
                .setMessage(message)
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

    private void complete(
            CompletableFuture<Void> result,
            RaftClientRequest request,
            EntryMessage message,
            @Nullable RaftClientReply reply,
            @Nullable Throwable error) {
        done.add(request.getCallId());
        if (reply != null && reply.isSuccess()) {
            result.complete(null);
            return;
        }
        Throwable cause = error != null ? error : reply == null ? null : reply.getException();
        result.completeExceptionally(failure(message, cause));
    }

    private static AppendException failure(EntryMessage message, @Nullable Throwable error) {
        Throwable cause = error == null ? new IOException("no reply") : Failures.unwrap(error);
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
}
