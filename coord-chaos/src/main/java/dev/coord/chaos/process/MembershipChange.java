package dev.coord.chaos.process;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Two peers are added to the members, one after the other, and when healed removed again: who leads then may be among them. */
final class MembershipChange implements Fault {
    private static final int NEWCOMERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public String kind() {
        return "membership";
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        PeerProcess asked = scene.target();
        List<PeerProcess> newcomers = new ArrayList<>();
        for (int i = 0; i < NEWCOMERS; i++) {
            newcomers.add(scene.ensemble().newcomer());
        }
        for (PeerProcess newcomer : newcomers) {
            PeerStates.await(newcomer, "JOINING", PATIENCE);
            asked.addMember(newcomer);
        }
        List<String> more = asked.members();
        return () -> heal(asked, newcomers, more);
    }

    private static Proof heal(PeerProcess asked, List<PeerProcess> newcomers, List<String> more)
            throws IOException, InterruptedException {
        boolean told = true;
        for (PeerProcess newcomer : newcomers) {
            asked.removeMember(newcomer);
            told &= PeerStates.await(newcomer, "REMOVED", PATIENCE);
        }
        for (PeerProcess newcomer : newcomers) {
            newcomer.signal("KILL");
            newcomer.awaitExit();
        }
        List<String> fewer = asked.members();
        boolean happened = newcomers.stream().allMatch(peer -> more.contains(peer.id()) && !fewer.contains(peer.id()));
        String evidence = "members " + more + " became " + fewer
                + (told ? ", and the removed were told" : ", and a removed one was not told within " + PATIENCE);
        return happened && told ? Proof.of(evidence) : Proof.none(evidence);
    }
}
