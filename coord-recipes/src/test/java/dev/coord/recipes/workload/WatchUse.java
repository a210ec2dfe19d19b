package dev.coord.recipes.workload;

import dev.coord.CoordException;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeResult;
import dev.coord.testkit.workload.Action;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.List;
import java.util.SplittableRandom;

/** Watches of every sort. What they tell is recorded by the history, which checks it. */
final class WatchUse {
    private static final int MOST = 4;
    private static final WatchListener RECORDED = new WatchListener() {
        @Override
        public void onChange(long revision, List<WatchEvent> events) {}

        @Override
        public void onResync(RangeResult state) {}

        @Override
        public void onEnd(CoordException cause) {}
    };

    private final World world;

    WatchUse(World world) {
        this.world = world;
    }

    List<Action> actions() {
        return List.of(
                world.action("watch", 7, this::watch),
                world.action("resume-watch", 3, this::resume),
                world.action("close-watch", 2, this::close),
                world.action("watch-progress", 2, this::progress));
    }

    private void watch(Client client, SplittableRandom random) {
        long from = random.nextInt(3) > 0 ? 0 : Math.max(1, world.revisionSeen() - random.nextInt(60));
        open(client, spec(random).from(from));
    }

    private WatchSpec spec(SplittableRandom random) {
        WatchSpec spec = WatchSpec.of(world.keyRange(random));
        spec = random.nextBoolean() ? spec.withPreviousValues() : spec;
        spec = random.nextBoolean() ? spec.resyncing() : spec;
        return switch (random.nextInt(8)) {
            case 0 -> spec.putsOnly();
            case 1 -> spec.deletesOnly();
            case 2 -> new WatchSpec(KeyRange.all(), 0, true, true, true, spec.resync());
            default -> spec;
        };
    }

    private void open(Client client, WatchSpec spec) {
        if (client.watches.size() < MOST) {
            client.watches.add(client.coord.watch(spec, RECORDED));
        }
    }

    /** A watch goes on after what another was told, perhaps at another peer. */
    private void resume(Client client, SplittableRandom random) {
        long delivered = world.anyClient(random)
                .filter(other -> !other.watches.isEmpty())
                .map(other -> other.watches.get(0).deliveredRevision())
                .orElse(world.revisionSeen());
        open(client, spec(random).from(delivered + 1));
    }

    private void close(Client client, SplittableRandom random) {
        if (!client.watches.isEmpty()) {
            client.watches.remove(random.nextInt(client.watches.size())).close();
        }
    }

    private void progress(Client client, SplittableRandom random) {
        client.watches.forEach(Watch::deliveredRevision);
    }
}
