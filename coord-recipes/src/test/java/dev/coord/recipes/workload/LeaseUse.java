package dev.coord.recipes.workload;

import dev.coord.kv.Op;
import dev.coord.lease.Lease;
import dev.coord.testkit.workload.Action;
import java.util.List;
import java.util.SplittableRandom;

/** Leases and keys attached to them. */
final class LeaseUse {
    private static final int MOST = 3;

    private final World world;

    LeaseUse(World world) {
        this.world = world;
    }

    List<Action> actions() {
        return List.of(
                world.action("grant", 3, this::grant),
                world.action("grant-detached", 2, this::grantDetached),
                world.action("attach", 5, this::attach),
                world.action("revoke", 2, this::revoke),
                world.action("find-lease", 2, this::find));
    }

    private void grant(Client client, SplittableRandom random) {
        if (client.leases.size() < MOST) {
            world.note(client.coord.leases().grantAsync(world.timeToLive(random)), lease -> {
                client.leases.add(lease);
                world.hold(lease);
            });
        }
    }

    /** With a key, whose end is seen. */
    private void grantDetached(Client client, SplittableRandom random) {
        String key = world.key(random);
        world.note(client.coord.leases().grantDetachedAsync(world.usualTtl()), lease -> {
            world.detached(lease);
            if (!client.isOver() && world.isUp(client)) {
                Op put = Op.put(key, world.value()).withLease(lease);
                world.note(client.coord.kv().txn().then(put).commitAsync(), result -> world.saw(result.revision()));
            }
        });
    }

    private void attach(Client client, SplittableRandom random) {
        long lease = client.leases.isEmpty() || random.nextBoolean()
                ? client.coord.session().id()
                : any(client, random).id();
        String key = world.key(random);
        String other = world.key(random);
        Op first = Op.put(key, world.value()).withLease(lease);
        Op second = key.equals(other)
                ? Op.get(other)
                : Op.put(other, world.value()).withLease(random.nextBoolean() ? lease : 0);
        world.note(client.coord.kv().txn().then(first, second).commitAsync(), result -> world.saw(result.revision()));
    }

    private void revoke(Client client, SplittableRandom random) {
        if (!client.leases.isEmpty()) {
            Lease lease = any(client, random);
            client.leases.remove(lease);
            world.letGo(lease);
            world.note(client.coord.leases().revokeAsync(lease.id()));
        }
    }

    private void find(Client client, SplittableRandom random) {
        if (!client.leases.isEmpty()) {
            client.coord.leases().find(any(client, random).id());
        }
    }

    private static Lease any(Client client, SplittableRandom random) {
        return client.leases.get(random.nextInt(client.leases.size()));
    }
}
