package dev.coord.bench.side;

import dev.coord.bench.Load;
import dev.coord.bench.Subject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;

/** What can be measured of a system, by the names by which it is asked of all systems. Not safe for use by several threads. */
final class Works {
    private final Map<String, Subject.Work> works;
    private final String prefix;

    Works() {
        this(new LinkedHashMap<>(), "");
    }

    private Works(Map<String, Subject.Work> works, String prefix) {
        this.works = works;
        this.prefix = prefix;
    }

    /** Serves a system's works until standard input ends, and ends this JVM, whatever threads the system leaves. */
    static void serve(Side.Start start) {
        LogManager.getLogManager().reset();
        int status = 1;
        try (Side side = start.start()) {
            Works works = new Works();
            side.offer(works);
            Subject.serve(works.works);
            status = 0;
        } catch (Exception | Error e) {
            LoggerFactory.getLogger(Works.class).error("cannot be measured", e);
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    /** Returns what adds to the same works, under names that begin with a prefix. */
    Works under(String start) {
        return new Works(works, prefix + start);
    }

    void add(String name, Subject.Work work) {
        works.put(prefix + name, work);
    }

    /** Adds an operation with so many in flight, by the name and a dot and the number. */
    void add(String name, List<Integer> widths, LongFunction<CompletableFuture<?>> operation) {
        for (int width : widths) {
            add(
                    name + "." + width,
                    width == 1
                            ? window -> Load.oneByOne(
                                    window, i -> operation.apply(i).get())
                            : window -> Load.inFlight(width, window, operation));
        }
    }

    /** Adds an operation of so many callers at once that do one after the other, by the name and a dot and the number. */
    void addCallers(String name, List<Integer> callers, Load.Timed operation) {
        for (int width : callers) {
            add(name + "." + width, window -> Load.byWorkers(width, window, operation));
        }
    }
}
