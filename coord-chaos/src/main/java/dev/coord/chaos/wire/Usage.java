package dev.coord.chaos.wire;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process takes at a moment.
 *
 * @param heapBytes the heap in use
 * @param residentBytes its memory as the kernel counts it, 0 if not known
 * @param threads its threads
 * @param files its open file descriptors, 0 if not known
 * @param wallMillis what its clock on the wall shows
 */
public record Usage(long heapBytes, long residentBytes, long threads, long files, long wallMillis) {

    static Usage here() {
        Runtime runtime = Runtime.getRuntime();
        return new Usage(
                runtime.totalMemory() - runtime.freeMemory(),
                resident(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                openFiles(),
                System.currentTimeMillis());
    }

    private static long resident() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static long openFiles() {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        } catch (IOException e) {
            return 0;
        }
    }

    void put(Writer out) {
        out.putNumber(heapBytes)
                .putNumber(residentBytes)
                .putNumber(threads)
                .putNumber(files)
                .putNumber(wallMillis);
    }

    static Usage get(Reader in) {
        return new Usage(in.getNumber(), in.getNumber(), in.getNumber(), in.getNumber(), in.getNumber());
    }
}
