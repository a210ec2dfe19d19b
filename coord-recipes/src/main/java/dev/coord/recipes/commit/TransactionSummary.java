package dev.coord.recipes.commit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A global transaction that has not ended, as one peer sees it.
 *
 * @param id its id
 * @param status how far it is, by this peer's replica
 * @param here whether it is driven here
 * @param pending who has still to vote or to be told, if it is driven here; else all who take part
 * @param unchangedFor for how long this peer has seen no change of its record
 * @param trouble what the last call failed with that is going to be made again, if it is driven here and one did
 */
public record TransactionSummary(
        String id,
        TransactionStatus status,
        boolean here,
        List<String> pending,
        Duration unchangedFor,
        Optional<String> trouble) {

    /** Creates a summary. */
    public TransactionSummary {
        pending = List.copyOf(pending);
    }
}
