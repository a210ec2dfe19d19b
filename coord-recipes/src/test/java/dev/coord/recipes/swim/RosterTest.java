package dev.coord.recipes.swim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.swim.SwimMember.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RosterTest {

    private static Peer peer(int number) {
        Peer peer = new Peer(("p" + number).getBytes(), "p" + number, new byte[0], number + 1L, 0);
        peer.state = State.ALIVE;
        return peer;
    }

    @Test
    void round_inWhichSomeAreForgotten_leavesOutNoneAndProbesNoneTwice() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Roster roster = new Roster(new SplittableRandom(seed), peer(0));
            List<Peer> expected = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                expected.add(peer(i));
                roster.add(expected.get(i - 1));
            }
            List<Peer> probed = new ArrayList<>();
            for (int i = random.nextInt(20); i > 0; i--) {
                probed.add(roster.nextToProbe());
            }
            for (int i = roster.size() - 1; i >= 0; i--) {
                if (random.nextInt(3) == 0) {
                    expected.remove(roster.at(i));
                    probed.remove(roster.at(i));
                    roster.forget(i);
                }
            }
            while (probed.size() < expected.size()) {
                probed.add(roster.nextToProbe());
            }
            assertThat(probed).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
