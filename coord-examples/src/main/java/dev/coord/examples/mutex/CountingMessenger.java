package dev.coord.examples.mutex;

import dev.coord.net.Messenger;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the requests that a messenger sends. */
final class CountingMessenger implements Messenger {
    private final Messenger messenger;
    private final AtomicLong requests;

    CountingMessenger(Messenger messenger, AtomicLong requests) {
        this.messenger = messenger;
        this.requests = requests;
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
        requests.incrementAndGet();
        return messenger.request(peer, service, payload, timeout);
    }

    @Override
    public Service serve(String service, Handler handler) {
        return messenger.serve(service, handler);
    }
}
