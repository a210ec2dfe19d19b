package dev.coord.recipes.mirror;

import static java.util.Objects.requireNonNull;

import dev.coord.CoordException;
import dev.coord.kv.Entry;
import dev.coord.kv.RangeResult;
import dev.coord.recipes.Codec;
import dev.coord.recipes.mirror.MirrorSubscription.Notice;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Feeds a mirror with what its watch delivers, a revision at a time. */
final class MirrorFeed<V> implements WatchListener {
    private final KeyMirror<V> mirror;
    private final Codec<V> codec;

    MirrorFeed(KeyMirror<V> mirror, Codec<V> codec) {
        this.mirror = mirror;
        this.codec = codec;
    }

    @Override
    public void onChange(long revision, List<WatchEvent> events) {
        Draft draft = new Draft(mirror.current());
        events.forEach(draft::apply);
        MirrorSnapshot<V> next = new MirrorSnapshot<>(revision, draft.tree, draft.leftOut);
        mirror.publish(next, new Notice.Revision<>(next, List.copyOf(draft.changes), List.copyOf(draft.refused)));
    }

    @Override
    public void onProgress(long revision) {
        mirror.progressed(revision);
    }

    @Override
    public void onResync(RangeResult state) {
        MirrorSnapshot<V> next = MirrorSnapshot.decode(state, codec, mirror.current());
        mirror.publish(next, new Notice.State<>(next, ResyncCause.COMPACTED));
    }

    @Override
    public void onEnd(CoordException cause) {
        mirror.end(cause);
    }

    /** The next snapshot being made. */
    private final class Draft {
        OrderedTree<MirrorEntry<V>> tree;
        OrderedTree<Undecodable> leftOut;
        final List<MirrorChange<V>> changes = new ArrayList<>();
        final List<Undecodable> refused = new ArrayList<>();

        Draft(MirrorSnapshot<V> from) {
            tree = from.tree();
            leftOut = from.undecodable();
        }

        void apply(WatchEvent event) {
            String key = event.key();
            MirrorEntry<V> before = tree.get(key);
            leftOut = leftOut.remove(key);
            MirrorEntry<V> after = decode(event.after());
            tree = after == null ? tree.remove(key) : tree.put(key, after);
            if (before != null || after != null) {
                changes.add(new MirrorChange<>(key, after, before));
            }
        }

        private @Nullable MirrorEntry<V> decode(@Nullable Entry entry) {
            if (entry == null) {
                return null;
            }
            try {
                return new MirrorEntry<>(entry, requireNonNull(codec.decode(entry.value()), "decoded value"));
            } catch (RuntimeException e) {
                Undecodable undecodable = new Undecodable(entry, e);
                refused.add(undecodable);
                leftOut = leftOut.put(entry.key(), undecodable);
                return null;
            }
        }
    }
}
