package dev.coord.chaos.wire;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.kv.RangeResult;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.ValueCodec;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A watch of a peer's handle; its listener is called on callback threads, one call at a time. */
final class RemoteWatch implements Watch {
    private static final Logger log = LoggerFactory.getLogger(RemoteWatch.class);

    private final Link link;
    private final long number;
    private final WatchListener listener;
    private final Queue<Runnable> calls = new ArrayDeque<>();
    private boolean running;
    private boolean closed;
    private long delivered;

    /** Of the calls, which come one at a time. */
    private boolean over;

    private RemoteWatch(Link link, long number, WatchListener listener) {
        this.link = link;
        this.number = number;
        this.listener = listener;
    }

    /** Returns once the peer has begun to watch, or can no more. */
    static RemoteWatch open(Link link, long number, WatchSpec spec, WatchListener listener) {
        RemoteWatch watch = new RemoteWatch(link, number, listener);
        link.watching(number, watch);
        link.ask(
                        Verb.WATCH,
                        out -> {
                            out.putNumber(number);
                            Values.putSpec(out, spec);
                        },
                        Reader::getNumber)
                .whenComplete((revision, error) -> {
                    if (error == null) {
                        // After what was told before the answer.
                        watch.call(() -> watch.reached(revision));
                    } else {
                        watch.refused(error);
                    }
                })
                .handle((revision, error) -> true)
                .join();
        return watch;
    }

    private void refused(Throwable error) {
        ended(error instanceof CoordException known ? known : closedException("the watch was refused: " + error));
    }

    /** Tells of the end, whatever it was that came first. */
    private void ended(CoordException cause) {
        link.watched(number);
        call(() -> {
            if (!over) {
                over = true;
                listener.onEnd(cause);
            }
        });
    }

    private static ClosedException closedException(String message) {
        return new ClosedException(CoordException.Outcome.NOT_APPLIED, message);
    }

    void broken() {
        ended(closedException("the peer's process has gone"));
    }

    void told(Reader in) {
        int kind = in.getByte();
        switch (kind) {
            case AgentWatch.CHANGE -> change(in.getNumber(), ValueCodec.getList(in, Values::getEvent));
            case AgentWatch.PROGRESS -> progress(in.getNumber());
            case AgentWatch.RESYNC -> resync(ValueCodec.getRangeResult(in));
            default -> end(Errors.get(in));
        }
    }

    private void change(long revision, List<WatchEvent> events) {
        call(() -> {
            listener.onChange(revision, events);
            reached(revision);
        });
    }

    private void progress(long revision) {
        call(() -> {
            listener.onProgress(revision);
            reached(revision);
        });
    }

    private void resync(RangeResult state) {
        call(() -> {
            listener.onResync(state);
            reached(state.revision());
        });
    }

    private void end(RuntimeException error) {
        ended(error instanceof CoordException known ? known : closedException(String.valueOf(error)));
    }

    private synchronized void reached(long revision) {
        if (!closed) {
            delivered = Math.max(delivered, revision);
        }
    }

    private void call(Runnable call) {
        synchronized (this) {
            calls.add(call);
            if (running) {
                return;
            }
            running = true;
        }
        link.threads().execute(this::drain);
    }

    private void drain() {
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException | Error e) {
                log.error("a watch's listener failed", e);
            }
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable next = closed ? null : calls.poll();
        running = next != null;
        return next;
    }

    @Override
    public synchronized long deliveredRevision() {
        return delivered;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            calls.clear();
        }
        link.watched(number);
        link.ask(Verb.CLOSE_WATCH, out -> out.putNumber(number), in -> true);
    }
}
