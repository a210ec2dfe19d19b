package dev.coord.chaos.wire;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.IndeterminateException;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** The driver's end of a connection. Futures are completed on callback threads, never on the one that reads. */
final class Link implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2_000;

    private final String name;
    private final DriverThreads threads;
    private final Frames frames;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, Pending<?>> pending = new ConcurrentHashMap<>();
    private final Map<Long, RemoteWatch> watches = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> broken = new CompletableFuture<>();

    private record Pending<T>(Function<Reader, T> body, CompletableFuture<T> outcome) {
        void reply(Reader in, DriverThreads threads) {
            T value = body.apply(in);
            threads.execute(() -> outcome.complete(value));
        }
    }

    Link(String name, String host, int port, DriverThreads threads) throws IOException {
        this.name = name;
        this.threads = threads;
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            frames = new Frames(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        Threads.start("link-" + name, this::read);
    }

    DriverThreads threads() {
        return threads;
    }

    /** Completes when the connection has broken, which it does for good. */
    CompletableFuture<Void> broken() {
        return broken;
    }

    /** Asks for something. Whoever asks first is served first. */
    <T> CompletableFuture<T> ask(Verb verb, Consumer<Writer> arguments, Function<Reader, T> body) {
        if (broken.isDone()) {
            return CompletableFuture.failedFuture(
                    new ClosedException(CoordException.Outcome.NOT_APPLIED, "the process of " + name + " has gone"));
        }
        Writer out = new Writer(256);
        long id = ids.incrementAndGet();
        out.putNumber(id).putByte(verb.code());
        arguments.accept(out);
        CompletableFuture<T> outcome = new CompletableFuture<>();
        pending.put(id, new Pending<>(body, outcome));
        try {
            frames.write(out);
        } catch (IOException e) {
            breakOff();
        }
        if (broken.isDone()) {
            fail(id);
        }
        return outcome;
    }

    void watching(long number, RemoteWatch watch) {
        watches.put(number, watch);
        if (broken.isDone()) {
            watch.broken();
        }
    }

    void watched(long number) {
        watches.remove(number);
    }

    private void read() {
        try {
            while (true) {
                handle(frames.read());
            }
        } catch (IOException e) {
            breakOff();
        }
    }

    private void handle(Reader in) {
        long id = in.getNumber();
        if (id == 0) {
            RemoteWatch watch = watches.get(in.getNumber());
            if (watch != null) {
                watch.told(in);
            }
            return;
        }
        Pending<?> asked = pending.remove(id);
        if (asked == null) {
            return;
        }
        if (in.getBoolean()) {
            asked.reply(in, threads);
        } else {
            RuntimeException error = Errors.get(in);
            threads.execute(() -> asked.outcome().completeExceptionally(error));
        }
    }

    private void breakOff() {
        frames.close();
        broken.complete(null);
        pending.keySet().forEach(this::fail);
        watches.values().forEach(RemoteWatch::broken);
    }

    /** Nobody knows what became of it. */
    private void fail(long id) {
        Pending<?> asked = pending.remove(id);
        if (asked != null) {
            threads.execute(() -> asked.outcome()
                    .completeExceptionally(new IndeterminateException("the process of " + name + " has gone")));
        }
    }

    @Override
    public void close() {
        breakOff();
    }
}
