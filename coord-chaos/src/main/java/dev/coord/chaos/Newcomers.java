package dev.coord.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Makes peers members, and members strangers again. */
public final class Newcomers {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Newcomers() {}

    /**
     * Makes a peer a member, once it waits to be one.
     *
     * @param asked the member that is asked to add it
     * @param newcomer whose process runs
     * @throws IOException if that does not come about
     * @throws InterruptedException if interrupted
     */
    public static void invite(PeerProcess asked, PeerProcess newcomer) throws IOException, InterruptedException {
        Waiting.state(newcomer, "JOINING", PATIENCE);
        asked.addMember(newcomer);
    }

    /**
     * Removes members, one after the other, and ends their processes when they know.
     *
     * @param asked the member that is asked to remove them
     * @param members who are removed
     * @return whether all were told within a minute
     * @throws IOException if one cannot be removed
     * @throws InterruptedException if interrupted
     */
    public static boolean dismiss(PeerProcess asked, List<PeerProcess> members)
            throws IOException, InterruptedException {
        boolean told = true;
        for (PeerProcess member : members) {
            asked.removeMember(member);
            told &= Waiting.state(member, "REMOVED", PATIENCE);
        }
        for (PeerProcess member : members) {
            member.signal("KILL");
            member.awaitExit();
        }
        return told;
    }
}
