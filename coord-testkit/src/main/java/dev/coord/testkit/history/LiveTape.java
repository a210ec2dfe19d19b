package dev.coord.testkit.history;

import dev.coord.CoordException;
import dev.coord.kv.RangeResult;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A watch while it is recorded: stands between the watch and its listener. */
final class LiveTape implements WatchListener {
    private final Journal journal;
    private final String process;
    private final long seq;
    private final WatchSpec spec;
    private final WatchListener listener;
    private final long call;
    private final Queue<Tape.Item> items = new ConcurrentLinkedQueue<>();
    private volatile long opened = Operation.NEVER;

    LiveTape(Journal journal, String process, WatchSpec spec, WatchListener listener) {
        this.journal = journal;
        this.process = process;
        this.seq = journal.nextOperation();
        this.spec = spec;
        this.listener = listener;
        this.call = journal.next();
    }

    Watch opened(Watch watch) {
        opened = journal.next();
        return new RecordingWatch(watch);
    }

    Tape tape() {
        return new Tape(process, seq, spec, call, opened, new ArrayList<>(items));
    }

    private void note(Tape.Kind kind, long revision, List<WatchEvent> events, @Nullable RangeResult state) {
        items.add(new Tape.Item(journal.next(), journal.nanos(), kind, revision, events, state));
    }

    @Override
    public void onChange(long revision, List<WatchEvent> events) {
        note(Tape.Kind.CHANGE, revision, events, null);
        listener.onChange(revision, events);
    }

    @Override
    public void onProgress(long revision) {
        note(Tape.Kind.PROGRESS, revision, List.of(), null);
        listener.onProgress(revision);
    }

    @Override
    public void onResync(RangeResult state) {
        note(Tape.Kind.RESYNC, state.revision(), List.of(), state);
        listener.onResync(state);
    }

    @Override
    public void onEnd(CoordException cause) {
        note(Tape.Kind.END, 0, List.of(), null);
        listener.onEnd(cause);
    }

    private final class RecordingWatch implements Watch {
        private final Watch watch;

        RecordingWatch(Watch watch) {
            this.watch = watch;
        }

        @Override
        public long deliveredRevision() {
            long revision = watch.deliveredRevision();
            note(Tape.Kind.DELIVERED, revision, List.of(), null);
            return revision;
        }

        @Override
        public void close() {
            watch.close();
            note(Tape.Kind.CLOSE, 0, List.of(), null);
        }
    }
}
