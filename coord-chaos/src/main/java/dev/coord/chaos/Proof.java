package dev.coord.chaos;

/**
 * What shows that a fault happened. Immutable.
 *
 * @param happened whether it is shown; an injection without proof counts for nothing
 * @param evidence what was seen, such as {@code exit 137, pid 4711 became 4750} or {@code 312 packets dropped}
 */
public record Proof(boolean happened, String evidence) {

    /**
     * Returns the proof that a fault happened.
     *
     * @param evidence what was seen
     * @return the proof
     */
    public static Proof of(String evidence) {
        return new Proof(true, evidence);
    }

    /**
     * Returns the admission that a fault cannot be shown to have happened.
     *
     * @param reason what was looked for
     * @return no proof
     */
    public static Proof none(String reason) {
        return new Proof(false, reason);
    }
}
