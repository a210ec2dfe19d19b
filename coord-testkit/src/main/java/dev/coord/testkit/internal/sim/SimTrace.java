package dev.coord.testkit.internal.sim;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What happened, as a digest and, if somebody wants them, as lines of text. */
public final class SimTrace {
    private final SimTime time;
    private final @Nullable Consumer<String> lines;
    private long digest;

    SimTrace(SimTime time, @Nullable Consumer<String> lines) {
        this.time = time;
        this.lines = lines;
    }

    /** The digest of all so far. */
    public String digest() {
        String digits = Long.toHexString(digest);
        return "0".repeat(16 - digits.length()) + digits;
    }

    void step(SimTask task) {
        mix(time.nanos());
        mix(task.kind.code + (task.machine == null ? 0 : 8L * task.machine.number()));
        if (lines != null) {
            lines.accept(line(task.machine == null ? "-" : task.machine.id(), "step " + task.kind));
        }
    }

    void note(String who, String what, long first, long second) {
        mix(who.hashCode());
        mix(what.hashCode());
        mix(first);
        mix(second);
        if (lines != null) {
            lines.accept(line(who, what + ' ' + first + ' ' + second));
        }
    }

    void bytes(String who, String what, byte[] bytes) {
        note(who, what, bytes.length, Arrays.hashCode(bytes));
    }

    private String line(String who, String what) {
        return time.nanos() + " " + who + ' ' + what;
    }

    private void mix(long value) {
        digest = (digest ^ value) * 0x9E3779B97F4A7C15L;
        digest ^= digest >>> 29;
    }
}
