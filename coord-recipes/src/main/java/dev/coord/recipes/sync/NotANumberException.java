package dev.coord.recipes.sync;

import dev.coord.kv.Entry;
import java.util.Optional;

/**
 * The key of a number or a count holds something else, which no recipe wrote: two recipes have one key, or somebody wrote it
 * by hand. A number is written as {@link Long#toString(long)} writes it: {@code 007} and {@code +7} are none. Give one of them another path, or set or delete the key.
 */
public final class NotANumberException extends IllegalStateException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_SHOWN = 100;

    private final String key;
    private final String text;

    private NotANumberException(String key, String text) {
        super("key " + key + " holds no decimal 64-bit number but \"" + shown(text)
                + "\"; use another path, or set or delete the key");
        this.key = key;
        this.text = text;
    }

    private static String shown(String text) {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }

    /** Reads what a key holds; an absent one counts as 0. */
    static long valueOf(Optional<Entry> found) {
        return found.map(NotANumberException::parse).orElse(0L);
    }

    /** By the rule of the store, which adds to no other text: what is read is what can be added to and compared with. */
    private static long parse(Entry entry) {
        String text = entry.text();
        try {
            long number = Long.parseLong(text);
            if (Long.toString(number).equals(text)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw (NotANumberException) new NotANumberException(entry.key(), text).initCause(e);
        }
        throw new NotANumberException(entry.key(), text);
    }

    /**
     * Returns the key.
     *
     * @return the key that was read
     */
    public String key() {
        return key;
    }

    /**
     * Returns what the key holds.
     *
     * @return its value as text
     */
    public String text() {
        return text;
    }
}
