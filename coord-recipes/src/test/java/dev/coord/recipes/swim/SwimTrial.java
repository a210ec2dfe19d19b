package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimMember.State;
import dev.coord.recipes.swim.SwimWorld.Node;
import java.util.SplittableRandom;

/** Measures SWIM under conditions. All members tell each other, so each death is known when all know it. */
final class SwimTrial {
    private final SwimWorld world;
    private final SplittableRandom random;
    private final Tally tally = new Tally();
    private final Conditions conditions;
    private Node victim;

    SwimTrial(SwimConfig config, Conditions conditions, long seed) {
        this.world = new SwimWorld(config, Conditions.MEMBERS, seed);
        this.conditions = conditions;
        this.random = world.random.split();
        this.victim = world.nodes[0];
    }

    Tally run(long nanos) {
        conditions.apply(world.network);
        world.startAll();
        world.run(Conditions.WARM_UP);
        world.watch(this::event);
        world.messages = 0;
        for (Node node : world.nodes) {
            pauseLater(node);
        }
        long rounds = Math.max(1, nanos / Conditions.BETWEEN_CRASHES);
        for (long round = 0; round < rounds; round++) {
            crash();
            world.run(Conditions.DOWN);
            tally.crashEnds(unaware());
            victim.start();
            world.run(Conditions.BETWEEN_CRASHES - Conditions.DOWN);
        }
        tally.messages = world.messages;
        tally.nanos = rounds * Conditions.BETWEEN_CRASHES;
        return tally;
    }

    private void pauseLater(Node node) {
        long wait = (long) (-Conditions.BETWEEN_PAUSES * Math.log(1 - random.nextDouble()));
        world.at(world.now + wait, () -> {
            node.pause(Conditions.PAUSE);
            pauseLater(node);
        });
    }

    private void crash() {
        victim = world.nodes[random.nextInt(Conditions.MEMBERS)];
        victim.crash();
        tally.crashed(world.now);
    }

    private int unaware() {
        int unaware = 0;
        for (Node node : world.up()) {
            Peer view = node.view(victim);
            unaware += view != null && view.isActive() ? 1 : 0;
        }
        return unaware;
    }

    private void event(Node observer, SwimEvent.Kind kind, Peer subject) {
        if (kind != SwimEvent.Kind.FAILED) {
            return;
        }
        Node of = world.nodes[SwimWorld.index(subject.text())];
        if (of.isUp() && of.instance == subject.instance) {
            tally.falsePositives++;
        } else if (of == victim && subject.state == State.DEAD && !of.isUp()) {
            tally.detected(world.now);
        }
    }
}
