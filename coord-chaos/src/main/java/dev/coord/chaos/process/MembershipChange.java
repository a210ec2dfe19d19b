package dev.coord.chaos.process;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Newcomers;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Two peers are added to the members, one after the other, and when healed removed again: who leads then may be among them. */
final class MembershipChange implements Fault {
    private static final int NEWCOMERS = 2;

    @Override
    public String kind() {
        return "membership";
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        PeerProcess asked = scene.target();
        List<PeerProcess> newcomers = new ArrayList<>();
        for (int i = 0; i < NEWCOMERS; i++) {
            PeerProcess newcomer = scene.ensemble().newcomer();
            newcomer.start();
            newcomers.add(newcomer);
        }
        for (PeerProcess newcomer : newcomers) {
            Newcomers.invite(asked, newcomer);
        }
        List<String> more = asked.members();
        return () -> heal(asked, newcomers, more);
    }

    private static Proof heal(PeerProcess asked, List<PeerProcess> newcomers, List<String> more)
            throws IOException, InterruptedException {
        boolean told = Newcomers.dismiss(asked, newcomers);
        List<String> fewer = asked.members();
        boolean happened = newcomers.stream().allMatch(peer -> more.contains(peer.id()) && !fewer.contains(peer.id()));
        String evidence = "members " + more + " became " + fewer
                + (told ? ", and the removed were told" : ", and a removed one was not told");
        return happened && told ? Proof.of(evidence) : Proof.none(evidence);
    }
}
