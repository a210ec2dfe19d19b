package dev.coord.recipes.queue;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;

/**
 * An item that was set aside. Immutable.
 *
 * @param id the item's id
 * @param payload what was put, encoded
 * @param reason why it is no longer delivered
 * @param deliveries how often it was delivered before, those included that nobody took any more
 */
public record DeadItem(String id, Value payload, Reason reason, int deliveries) {

    /** Why an item is no longer delivered. */
    public enum Reason {
        /** It was delivered as often as {@linkplain QueueOptions#maxAttempts allowed}, and not acknowledged. */
        ATTEMPTS_EXHAUSTED('a'),
        /** The codec of a consumer could not read it. */
        UNREADABLE('u');

        private final char letter;

        Reason(char letter) {
            this.letter = letter;
        }

        /** What stands for it in a key. */
        char letter() {
            return letter;
        }

        static Reason of(char letter) {
            return letter == UNREADABLE.letter ? UNREADABLE : ATTEMPTS_EXHAUSTED;
        }
    }

    /** Creates the item. */
    public DeadItem {
        requireNonNull(id, "id");
        requireNonNull(payload, "payload");
        requireNonNull(reason, "reason");
    }
}
