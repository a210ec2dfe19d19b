package dev.coord.recipes.lock;

import dev.coord.CoordException;
import dev.coord.recipes.lock.WaitGraph.Wait;
import java.util.List;

/**
 * The claim would have waited for ever: it closed a circle of owners who wait for each other, and gave up. The others go on as
 * soon as its owner releases what it holds. Nothing was acquired.
 *
 * @see DistributedLock#detectingDeadlocks
 */
public final class DeadlockException extends CoordException {
    private static final long serialVersionUID = 1L;

    private final String[] owners;
    private final long revision;

    DeadlockException(List<Wait> cycle, long revision) {
        super(Outcome.NOT_APPLIED, message(cycle, revision), null);
        this.owners = cycle.stream().map(wait -> wait.waiter().party()).toArray(String[]::new);
        this.revision = revision;
    }

    private static String message(List<Wait> cycle, long revision) {
        String victim = cycle.get(0).waiter().party();
        return "deadlock at revision " + revision + ": " + GraphText.circle(cycle) + ". " + victim
                + " asked last, so it gives up; release what it holds, then begin anew";
    }

    /**
     * Returns who waited for whom.
     *
     * @return the owners in the order of the circle: each waits for the next, the last for the first, which is the one whose
     *     claim gave up
     */
    public List<String> owners() {
        return List.of(owners);
    }

    /**
     * Returns the revision at which it was so.
     *
     * @return the revision of the wait graph
     */
    public long revision() {
        return revision;
    }
}
