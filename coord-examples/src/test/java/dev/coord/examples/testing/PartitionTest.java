package dev.coord.examples.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.testkit.CoordExtension;
import dev.coord.testkit.Faults;
import dev.coord.testkit.Peer;
import dev.coord.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PartitionTest {
    @RegisterExtension
    static final CoordExtension coord = CoordExtension.peers(3);

    /** Reads the settings whatever happens; changes them only where a majority can be reached. */
    record Settings(Coord coord) {
        String get(String name) throws InterruptedException {
            return coord.kv()
                    .get("/settings/" + name, Consistency.sequential())
                    .orElseThrow()
                    .text();
        }

        boolean set(String name, String value) throws InterruptedException {
            try {
                coord.kv().withTimeout(Duration.ofMillis(500)).put("/settings/" + name, value);
                return true;
            } catch (CoordException e) {
                return false; // or perhaps later: e.outcome() tells
            }
        }
    }

    @Test
    void minority_servesOldSettings_andCatchesUp(
            TestCluster cluster, Faults faults, @Peer("n1") Coord one, @Peer("n3") Coord three) throws Exception {
        Settings majority = new Settings(one);
        Settings minority = new Settings(three);
        assertTrue(minority.set("colour", "red"));

        faults.partition(List.of(List.of("n1", "n2"), List.of("n3")));
        cluster.runUntil(() -> cluster.leader().filter(id -> !id.equals("n3")).isPresent());
        assertFalse(minority.set("size", "9"));
        assertEquals("red", minority.get("colour"));
        assertTrue(majority.set("colour", "blue"));
        assertEquals("red", minority.get("colour"), "old, but there");

        faults.heal();
        three.kv().get("/settings/colour"); // linearizable: brings this peer up to date
        assertEquals("blue", minority.get("colour"));
    }
}
