package dev.coord.raft;

import dev.coord.raft.internal.codec.SnapshotCodec;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** What the replicas of a cluster hold, compared as snapshots. */
final class Replicas {
    private Replicas() {}

    /** Waits until all peers have applied the same entries, and returns the bytes of each one's state, which differ if they diverged. */
    static List<byte[]> statesAtOneIndex(LocalCluster cluster) {
        View[][] found = new View[1][];
        Eventually.until("one index at all peers", () -> {
            found[0] = cluster.ids().stream()
                    .map(id -> cluster.peer(id).core().view())
                    .toArray(View[]::new);
            return List.of(found[0]).stream().map(View::index).distinct().count() == 1;
        });
        return List.of(found[0]).stream().map(Replicas::bytes).toList();
    }

    private static byte[] bytes(View view) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            SnapshotCodec.write(view, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
