package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TopologyProperties {

    @Property
    void ring_isMutualAndEachHasTwiceKNeighbours(
            @ForAll @Size(min = 1, max = 30) Set<@IntRange(min = 10, max = 99) Integer> numbers,
            @ForAll @IntRange(min = 1, max = 20) int k) {
        Set<String> ids = new TreeSet<>();
        numbers.forEach(number -> ids.add("n" + number));
        Topology ring = Topology.ring(k);
        for (String self : ids) {
            Set<String> neighbours = ring.neighbours(self, ids);
            assertThat(neighbours).doesNotContain(self).hasSize(Math.min(2 * k, ids.size() - 1));
            for (String other : neighbours) {
                assertThat(ring.neighbours(other, ids)).contains(self);
            }
        }
    }

    @Property
    void ring_reachesTheNextInOrder(
            @ForAll @Size(min = 2, max = 30) Set<@IntRange(min = 10, max = 99) Integer> numbers) {
        TreeSet<String> ids = new TreeSet<>();
        numbers.forEach(number -> ids.add("n" + number));
        for (String self : ids) {
            String next = ids.higher(self) == null ? ids.first() : ids.higher(self);
            assertThat(Topology.ring(1).neighbours(self, ids)).contains(next);
            assertThat(Topology.full().neighbours(self, ids)).hasSize(ids.size() - 1);
        }
    }
}
