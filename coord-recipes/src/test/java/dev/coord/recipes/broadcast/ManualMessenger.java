package dev.coord.recipes.broadcast;

import dev.coord.net.Messenger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A network of which the test plays the others. */
final class ManualMessenger implements Messenger {
    final List<Sent> sent = new ArrayList<>();
    private @Nullable Handler handler;
    boolean isClosed;

    /** A request that nobody has answered. */
    record Sent(String to, Parcel parcel, CompletableFuture<byte[]> answer) {}

    @Override
    public String self() {
        return "a";
    }

    @Override
    public Set<String> others() {
        return Set.of("b", "c");
    }

    @Override
    public CompletableFuture<byte[]> request(String peer, String service, byte[] payload, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        sent.add(new Sent(peer, Parcel.decode(payload), answer));
        return answer;
    }

    @Override
    public Service serve(String service, Handler answers) {
        handler = answers;
        return () -> isClosed = true;
    }

    /** Has a member send a parcel here, which may come too late. */
    CompletableFuture<byte[]> arrives(String from, byte[] parcel) {
        Handler open = handler;
        if (open == null) {
            throw new IllegalStateException("nobody serves");
        }
        return open.handle(from, parcel);
    }

    List<Parcel> takeSentTo(String peer) {
        List<Parcel> parcels = sent.stream()
                .filter(each -> each.to().equals(peer))
                .map(Sent::parcel)
                .toList();
        sent.removeIf(each -> each.to().equals(peer));
        return parcels;
    }
}
