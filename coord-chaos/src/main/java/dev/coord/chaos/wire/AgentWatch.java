package dev.coord.chaos.wire;

import dev.coord.CoordException;
import dev.coord.kv.RangeResult;
import dev.coord.raft.internal.codec.ValueCodec;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import java.io.IOException;
import java.util.List;

/** Sends on what a watch tells; blocks, as a listener may, while the driver does not read. */
final class AgentWatch implements WatchListener {
    static final int CHANGE = 1;
    static final int PROGRESS = 2;
    static final int RESYNC = 3;
    static final int END = 4;

    private final long number;
    private final Frames frames;

    AgentWatch(long number, Frames frames) {
        this.number = number;
        this.frames = frames;
    }

    private Writer event(int kind) {
        // An answer to no request.
        return new Writer(256).putNumber(0).putNumber(number).putByte(kind);
    }

    private void send(Writer out) {
        try {
            frames.write(out);
        } catch (IOException e) {
            frames.close();
        }
    }

    @Override
    public void onChange(long revision, List<WatchEvent> events) {
        Writer out = event(CHANGE).putNumber(revision);
        ValueCodec.putList(out, events, Values::putEvent);
        send(out);
    }

    @Override
    public void onProgress(long revision) {
        send(event(PROGRESS).putNumber(revision));
    }

    @Override
    public void onResync(RangeResult state) {
        Writer out = event(RESYNC);
        ValueCodec.putRangeResult(out, state);
        send(out);
    }

    @Override
    public void onEnd(CoordException cause) {
        Writer out = event(END);
        Errors.put(out, cause);
        send(out);
    }
}
