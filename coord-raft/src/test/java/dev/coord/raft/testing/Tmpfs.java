package dev.coord.raft.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A small file system of its own, to be filled up or made read-only. */
public final class Tmpfs implements AutoCloseable {
    private static final String FILLER = "filler";

    private final Path path;

    private Tmpfs(Path path) {
        this.path = path;
    }

    /** Mounts one on the directory; the test is skipped where that is not permitted. */
    public static Tmpfs mount(Path path, int megabytes) throws Exception {
        Files.createDirectories(path);
        int exit = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString());
        if (exit != 0) {
            System.err.println("SKIPPED: a tmpfs cannot be mounted here; run as root to test full and read-only disks");
        }
        Assumptions.assumeTrue(exit == 0, "mounting a tmpfs is not permitted here");
        return new Tmpfs(path);
    }

    public Path path() {
        return path;
    }

    public void readOnly() throws Exception {
        if (run("mount", "-o", "remount,ro", path.toString()) != 0) {
            throw new IllegalStateException("cannot remount " + path);
        }
    }

    /** Takes all the space there is. Returns how many bytes that were. */
    public long fill() {
        byte[] block = new byte[1 << 16];
        long taken = 0;
        try (OutputStream out = Files.newOutputStream(path.resolve(FILLER))) {
            while (true) {
                out.write(block);
                taken += block.length;
            }
        } catch (IOException e) {
            return taken;
        }
    }

    public void free() {
        try {
            Files.deleteIfExists(path.resolve(FILLER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        run("umount", "-l", path.toString());
    }

    private static int run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return -1;
        }
        return process.exitValue();
    }
}
