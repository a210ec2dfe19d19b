package dev.coord.examples.threephase;

import dev.coord.net.Messenger;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Tells a witness what happens to the messages of a process; the witness may crash that process in the middle. */
final class WatchedMessenger implements Messenger {

    /** Who is told, before the process goes on. */
    @FunctionalInterface
    interface Witness {
        void sees(String peer, Event event, Kind kind);
    }

    private final Messenger messenger;
    private final Witness witness;

    WatchedMessenger(Messenger messenger, Witness witness) {
        this.messenger = messenger;
        this.witness = witness;
    }

    @Override
    public String self() {
        return messenger.self();
    }

    @Override
    public Set<String> others() {
        return messenger.others();
    }

    @Override
    public CompletableFuture<byte[]> request(String peer, String service, byte[] payload, Duration timeout) {
        Kind kind = Kind.decode(payload);
        sees(Event.SENDING, kind);
        CompletableFuture<byte[]> answer = messenger
                .request(peer, service, payload, timeout)
                .thenApply(bytes -> {
                    sees(Event.ANSWERED, kind);
                    return bytes;
                });
        sees(Event.SENT, kind);
        return answer;
    }

    @Override
    public Service serve(String service, Handler handler) {
        return messenger.serve(service, (from, payload) -> {
            Kind kind = Kind.decode(payload);
            sees(Event.ARRIVED, kind);
            return handler.handle(from, payload).thenApply(answer -> {
                sees(Event.HANDLED, kind);
                return answer;
            });
        });
    }

    private void sees(Event event, Kind kind) {
        witness.sees(self(), event, kind);
    }
}
