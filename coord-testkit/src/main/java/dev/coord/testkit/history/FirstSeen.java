package dev.coord.testkit.history;

import dev.coord.testkit.history.RealTime.Placed;
import dev.coord.testkit.history.RealTime.Sighting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds when a revision, or a later one, was first seen, by the greatest one seen so far after each reply and each event. */
final class FirstSeen {
    private final Placed[] byReturn;
    private final List<Tape.Item> told;
    private final long[] mostReturned;
    private final long[] mostTold;

    /**
     * Looks at what is placed already.
     *
     * @param byReturn in the order of their replies
     * @param told in the order of arrival
     */
    FirstSeen(Placed[] byReturn, List<Tape.Item> told) {
        this.byReturn = byReturn;
        this.told = told;
        mostReturned = new long[byReturn.length];
        long most = 0;
        for (int i = 0; i < byReturn.length; i++) {
            if (byReturn[i].operation.ret() != Operation.NEVER) {
                most = Math.max(most, byReturn[i].revision);
            }
            mostReturned[i] = most;
        }
        mostTold = new long[told.size()];
        most = 0;
        for (int i = 0; i < mostTold.length; i++) {
            most = Math.max(most, told.get(i).revision());
            mostTold[i] = most;
        }
    }

    /** The first sighting; null if it was never seen. */
    @Nullable
    Sighting of(long revision) {
        int event = LowerBound.of(mostTold.length, i -> mostTold[i], revision);
        int reply = LowerBound.of(mostReturned.length, i -> mostReturned[i], revision);
        Tape.Item item = event < mostTold.length ? told.get(event) : null;
        Operation operation = reply < mostReturned.length ? byReturn[reply].operation : null;
        if (item != null && (operation == null || item.at() < operation.ret())) {
            return new Sighting(item.at(), item.nanos(), null);
        }
        return operation == null ? null : new Sighting(operation.ret(), operation.retNanos(), operation);
    }
}
