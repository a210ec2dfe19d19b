package dev.coord.examples.threephase;

import dev.coord.net.Messenger;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.Participant;
import dev.coord.recipes.commit.Vote;
import dev.coord.recipes.internal.SerialContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A participant in one of Coord's transactions: a process that answers messages, and decides nothing by itself. Any peer reaches it
 * by {@link #from}.
 */
final class Resource {
    private final SerialContext context = new SerialContext(error -> {
        throw error;
    });

    /** Written in the context only. */
    private volatile State state = State.INITIAL;

    private final boolean votesYes;

    private Resource(boolean votesYes) {
        this.votesYes = votesYes;
    }

    static Resource start(Messenger messenger, boolean votesYes) {
        Resource resource = new Resource(votesYes);
        messenger.serve(Kind.SERVICE, (from, payload) -> resource.handle(Kind.decode(payload)));
        return resource;
    }

    State state() {
        return state;
    }

    private CompletableFuture<byte[]> handle(Kind kind) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        context.run(() -> {
            hear(kind);
            answer.complete(state.encoded());
        });
        return answer;
    }

    private void hear(Kind kind) {
        switch (kind) {
            case PREPARE -> {
                if (state == State.INITIAL) {
                    become(votesYes ? State.UNCERTAIN : State.ABORTED);
                }
            }
            case COMMIT -> become(State.COMMITTED);
            case ABORT -> become(State.ABORTED);
            case STATE -> {}
            case PRE_COMMIT, ELECT ->
                throw new IllegalArgumentException(kind + " is not for a participant of Coord's: none decides alone");
        }
    }

    private void become(State next) {
        if (state.canBecome(next)) {
            state = next;
        }
    }

    /** The way from a peer to the resource at another. */
    static Participant from(Messenger messenger, String peer, Duration timeout, Supplier<String> transaction) {
        return new Remote(messenger, peer, timeout, transaction);
    }

    private record Remote(Messenger messenger, String peer, Duration timeout, Supplier<String> transaction)
            implements Participant {

        private CompletableFuture<State> ask(Kind kind) {
            return messenger
                    .request(peer, Kind.SERVICE, kind.encoded(), timeout)
                    .thenApply(State::decode);
        }

        @Override
        public CompletableFuture<Vote> prepare(Branch branch) {
            return ask(Kind.PREPARE)
                    .thenApply(state -> state.isInDoubt() ? Vote.prepared() : Vote.refused(peer + " is " + state));
        }

        @Override
        public CompletableFuture<Void> commit(Branch branch) {
            return tell(Kind.COMMIT, State.COMMITTED);
        }

        @Override
        public CompletableFuture<Void> abort(Branch branch) {
            return tell(Kind.ABORT, State.ABORTED);
        }

        private CompletableFuture<Void> tell(Kind kind, State wanted) {
            return ask(kind).thenAccept(state -> {
                if (state != wanted) {
                    throw new HeuristicException(
                            state == State.COMMITTED
                                    ? HeuristicException.Kind.COMMITTED
                                    : HeuristicException.Kind.ABORTED,
                            peer + " was told " + kind + " and is " + state);
                }
            });
        }

        @Override
        public CompletableFuture<Set<String>> recover() {
            return ask(Kind.STATE).thenApply(state -> state.isInDoubt() ? Set.of(transaction.get()) : Set.of());
        }
    }
}
