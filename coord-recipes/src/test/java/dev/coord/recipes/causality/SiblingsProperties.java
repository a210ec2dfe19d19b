package dev.coord.recipes.causality;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

class SiblingsProperties extends Seeded {

    @Property(tries = 80_000, shrinking = ShrinkingMode.OFF)
    void siblings_areTheConcurrentWrites_whateverIsExchanged(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        NaiveReplicas replicas = new NaiveReplicas(random);
        for (int i = random.nextInt(24); i >= 0; i--) {
            replicas.step();
        }
        replicas.check();
    }

    @Property(tries = 50_000, shrinking = ShrinkingMode.OFF)
    void stampsOfWrites_areAPartialOrder(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        NaiveReplicas replicas = new NaiveReplicas(random);
        while (replicas.stamps().size() < 6) {
            replicas.step();
        }
        List<DottedVersionVector> stamps = replicas.stamps();
        OrderProperties.checkOrder(Stamps.one(random, stamps), Stamps.one(random, stamps), Stamps.one(random, stamps));
    }
}
