package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.FencedException;
import dev.coord.net.Messenger;
import dev.coord.recipes.internal.Async;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A participant that only one peer can reach, for the coordinators of the others: that peer serves it, and they ask over the
 * cluster's own connections. Immutable; safe for use by any thread.
 *
 * <p>A call fails if that peer cannot be reached or does not answer in time; it may have been made all the same, which is what
 * participants have to bear anyway. Refusals, {@link HeuristicException} and {@link FencedException} arrive as what they are.
 */
public final class RemoteParticipant implements Participant {
    private final Messenger messenger;
    private final String peer;
    private final String service;
    private final Duration timeout;

    private RemoteParticipant(Messenger messenger, String peer, String service, Duration timeout) {
        this.messenger = messenger;
        this.peer = peer;
        this.service = service;
        this.timeout = timeout;
    }

    /**
     * Returns a participant that another peer serves.
     *
     * @param messenger this peer's
     * @param peer the id of the one that serves it; may be this one
     * @param service the name that it is served by
     * @param timeout how long to wait for an answer; positive
     * @return the participant; that peer need not be there yet
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public static Participant at(Messenger messenger, String peer, String service, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout " + timeout + "; it must be positive");
        }
        return new RemoteParticipant(
                requireNonNull(messenger, "messenger"),
                requireNonNull(peer, "peer"),
                requireNonNull(service, "service"),
                timeout);
    }

    /**
     * Serves a participant to the coordinators of all peers.
     *
     * @param messenger this peer's
     * @param service a name, 1 to 64 characters
     * @param participant what is served; called on the peer's callback threads
     * @return the service; close it to stop
     * @throws IllegalStateException if a service of this name is served already
     */
    public static Messenger.Service serve(Messenger messenger, String service, Participant participant) {
        requireNonNull(participant, "participant");
        return messenger.serve(service, (from, request) -> handle(participant, request));
    }

    private static CompletableFuture<byte[]> handle(Participant participant, byte[] request) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        ParticipantCall call = ParticipantCall.decode(request);
        Async.run(
                () -> call.on(participant),
                (result, failure) ->
                        answer.complete(failure == null ? requireNonNull(result) : ParticipantAnswer.failed(failure)));
        return answer;
    }

    private CompletableFuture<ParticipantAnswer> ask(ParticipantCall.Kind kind, @Nullable Branch branch) {
        return Async.map(
                messenger.request(peer, service, new ParticipantCall(kind, branch).encode(), timeout),
                ParticipantAnswer::decode);
    }

    @Override
    public CompletableFuture<Vote> prepare(Branch branch) {
        return Async.map(ask(ParticipantCall.Kind.PREPARE, branch), ParticipantAnswer::vote);
    }

    @Override
    public CompletableFuture<Void> commit(Branch branch) {
        return Async.done(ask(ParticipantCall.Kind.COMMIT, branch));
    }

    @Override
    public CompletableFuture<Void> abort(Branch branch) {
        return Async.done(ask(ParticipantCall.Kind.ABORT, branch));
    }

    @Override
    public CompletableFuture<Void> forget(Branch branch) {
        return Async.done(ask(ParticipantCall.Kind.FORGET, branch));
    }

    @Override
    public CompletableFuture<Set<String>> recover() {
        return Async.map(ask(ParticipantCall.Kind.RECOVER, null), ParticipantAnswer::ids);
    }

    @Override
    public String toString() {
        return "RemoteParticipant(" + service + " at " + peer + ")";
    }
}
