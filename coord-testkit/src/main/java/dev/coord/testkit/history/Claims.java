package dev.coord.testkit.history;

import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * Notes what holders of locks, or elected leaders, say of themselves, for {@link History#assertExclusive()}. Safe for use
 * by any thread.
 *
 * <p>A lock and an election are the same here: something with a name that one holder has at a time, under a token that
 * grows from grant to grant (Burrows, <i>The Chubby lock service</i>, OSDI 2006).
 */
public final class Claims {
    private final Journal journal;
    private final String noun;

    Claims(Journal journal, String noun) {
        this.journal = journal;
        this.noun = noun;
    }

    /**
     * Notes that a process was granted something. It need not be valid any more when the process hears of it.
     *
     * @param process who
     * @param name what
     * @param token the fencing token of the grant, which no other grant of the name may have
     */
    public void acquired(String process, String name, long token) {
        note(process, name, token, Claim.Kind.ACQUIRED);
    }

    /**
     * Notes that a holder begins to give up. Call it before {@code close}: from now on another may hold.
     *
     * @param process who
     * @param name what
     * @param token its token
     */
    public void released(String process, String name, long token) {
        note(process, name, token, Claim.Kind.RELEASED);
    }

    /**
     * Notes that a holder heard of its loss.
     *
     * @param process who
     * @param name what
     * @param token its token
     */
    public void lost(String process, String name, long token) {
        note(process, name, token, Claim.Kind.LOST);
    }

    /**
     * Asks a holder whether it holds, and notes it if so. While one is certain to hold, no other may have been so with a
     * greater token before.
     *
     * @param process who
     * @param name what
     * @param token its token
     * @param isValid the holder's own local judgement
     * @return what the holder said
     */
    public boolean holds(String process, String name, long token, BooleanSupplier isValid) {
        long nanos = journal.nanos();
        long asked = journal.next();
        boolean valid = isValid.getAsBoolean();
        if (valid) {
            journal.add(new Claim(
                    asked, journal.next(), nanos, process, key(name), token, Claim.Kind.VALID, Long.MIN_VALUE));
        }
        return valid;
    }

    /**
     * Notes that a holder relies on what it holds for some time to come: until then, unless it released or lost it
     * before, nobody else may be granted it. Not for tests that delete a holder's key or revoke its lease.
     *
     * @param process who
     * @param name what
     * @param token its token
     * @param atLeast how long from now, on this history's clock; a fiftieth less than on a clock that may be off by that
     */
    public void reliesOn(String process, String name, long token, Duration atLeast) {
        long nanos = journal.nanos();
        long at = journal.next();
        journal.add(new Claim(at, at, nanos, process, key(name), token, Claim.Kind.VALID, nanos + atLeast.toNanos()));
    }

    /**
     * Notes that a fenced resource dealt with a write. Call it where the resource decides, so that the order of notes is
     * the order of its decisions.
     *
     * @param process the writer
     * @param resource the resource
     * @param token the token that the write came with
     * @param accepted whether the resource took it
     */
    public void write(String process, String resource, long token, boolean accepted) {
        note(process, resource, token, accepted ? Claim.Kind.WRITTEN : Claim.Kind.REFUSED);
    }

    private void note(String process, String name, long token, Claim.Kind kind) {
        long nanos = journal.nanos();
        long at = journal.next();
        journal.add(new Claim(at, at, nanos, process, key(name), token, kind, Long.MIN_VALUE));
    }

    private String key(String name) {
        return noun + " " + name;
    }

    static String words(Claim claim) {
        return claim.kind().name().toLowerCase(Locale.ROOT) + " " + claim.token();
    }
}
