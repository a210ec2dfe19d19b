package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;

/**
 * One participant's share of a global transaction, as the participant is told of it. Immutable.
 *
 * @param transaction the global transaction's id: at most {@value #MAX_ID} letters, digits, dots and hyphens; never used again
 * @param participant the name by which the coordinator knows the participant; with the transaction's id it names the branch
 * @param token which attempt this is: greater for each coordinator that takes the transaction over. A participant that keeps the
 *     greatest it has seen of a transaction can refuse what a former coordinator sent, with {@link dev.coord.FencedException}. 0 if
 *     nothing was prepared yet: the application gave the transaction up
 * @param payload what the application gave the participant to do, the same at each call; empty if it gave nothing, and to
 *     a branch that was found in doubt after the transaction's record had gone
 */
public record Branch(String transaction, String participant, long token, Value payload) {
    /** The longest id of a transaction, in characters; each takes a byte. */
    public static final int MAX_ID = 64;

    /** Creates a branch. */
    public Branch {
        requireNonNull(transaction, "transaction");
        requireNonNull(participant, "participant");
        requireNonNull(payload, "payload");
    }

    @Override
    public String toString() {
        return transaction + "/" + participant + " token " + token;
    }
}
