package dev.coord.recipes.workload;

import dev.coord.testkit.workload.Action;
import java.util.List;
import java.util.SplittableRandom;

/** Sessions opened, closed, and taken for dead, rightly or not. */
final class SessionUse {
    private static final int MOST = 5;

    private final World world;

    SessionUse(World world) {
        this.world = world;
    }

    List<Action> actions(int weight) {
        return List.of(
                new Action("open-session", weight, () -> world.clientCount() < MOST, this::open),
                world.action("close-session", 1, (client, random) -> world.close(client)),
                world.action("suspect", 2, (client, random) -> world.suspect(client, random)));
    }

    private void open(SplittableRandom random) {
        world.anyPeerUp(random).ifPresent(peer -> world.open(peer, world.timeToLive(random)));
    }
}
