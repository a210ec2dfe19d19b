package dev.coord.testkit.contract;

import dev.coord.CoordException;
import dev.coord.kv.RangeResult;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Remembers what it hears of a watch. */
class Heard implements WatchListener {
    final List<Change> changes = new CopyOnWriteArrayList<>();
    final List<Long> progress = new CopyOnWriteArrayList<>();
    final List<RangeResult> resyncs = new CopyOnWriteArrayList<>();
    final List<CoordException> ends = new CopyOnWriteArrayList<>();

    /** One call. */
    record Change(long revision, List<WatchEvent> events) {
        @Override
        public String toString() {
            return events.stream().map(Heard::text).collect(Collectors.joining(", "));
        }
    }

    /** The kind and the last part of the key, such as {@code PUT a}, and the value if there is one. */
    private static String text(WatchEvent event) {
        String name = event.key().substring(event.key().lastIndexOf('/') + 1);
        return event.kind() + " " + name
                + event.entry().map(entry -> "=" + entry.text()).orElse("");
    }

    @Override
    public void onChange(long revision, List<WatchEvent> events) {
        changes.add(new Change(revision, events));
    }

    @Override
    public void onProgress(long revision) {
        progress.add(revision);
    }

    @Override
    public void onResync(RangeResult state) {
        resyncs.add(state);
    }

    @Override
    public void onEnd(CoordException cause) {
        ends.add(cause);
    }

    List<String> texts() {
        return changes.stream().map(Change::toString).toList();
    }

    List<Long> revisions() {
        return changes.stream().map(Change::revision).toList();
    }

    @Nullable
    CoordException end() {
        return ends.isEmpty() ? null : ends.get(0);
    }
}
