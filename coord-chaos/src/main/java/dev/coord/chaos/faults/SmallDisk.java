package dev.coord.chaos.faults;

import dev.coord.chaos.Machine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A small file system in memory, which can really be filled. Named after this process, so that a later run can clean up. */
final class SmallDisk {
    private static final String PREFIX = "coord-chaos-";

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    static Optional<String> obstacle(Machine machine) {
        if (!machine.isLinux() || !machine.isRoot()) {
            return Optional.of("not root on Linux");
        }
        return machine.program("mount").isEmpty() || !works() ? Optional.of("no mounts here") : Optional.empty();
    }

    private static boolean works() {
        try {
            Path probe = Files.createTempDirectory("coord-chaos-mount-");
            boolean mounted = mounted(probe, 1);
            if (mounted) {
                new SmallDisk(probe).unmount();
            }
            Files.delete(probe);
            return mounted;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean mounted(Path directory, int mebibytes) throws IOException, InterruptedException {
        String name = PREFIX + ProcessHandle.current().pid();
        return Shell.run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", name, directory.toString())
                .ok();
    }

    static SmallDisk mount(Path directory, int mebibytes) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        if (!mounted(directory, mebibytes)) {
            throw new IOException("cannot mount a file system at " + directory);
        }
        return new SmallDisk(directory);
    }

    /** Uses up all space; returns how many bytes that took. */
    long fill() throws IOException {
        Path ballast = ballast();
        byte[] block = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            for (int size = block.length; size > 0; ) {
                try {
                    out.write(block, 0, size);
                } catch (IOException full) {
                    size /= 2;
                }
            }
        }
        return Files.size(ballast);
    }

    private Path ballast() {
        return directory.resolve("ballast");
    }

    void free() throws IOException {
        Files.deleteIfExists(ballast());
    }

    long usableBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    /** Fails with {@code EBUSY} while a process has a file open to write. */
    void readOnly(boolean yes) throws IOException, InterruptedException {
        Shell.check("mount", "-o", yes ? "remount,ro" : "remount,rw", directory.toString());
    }

    /** Also while it is in use. Safe to repeat. */
    void unmount() throws IOException, InterruptedException {
        Shell.run("umount", "-l", directory.toString());
    }

    /** Unmounts what runs that are no more have left. */
    static void removeLeftovers() throws IOException, InterruptedException {
        for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String[] words = line.split(" ", -1);
            long owner = Shell.owner(words[0], PREFIX);
            if (owner != 0 && !Shell.isAlive(owner)) {
                Shell.run("umount", "-l", words[1].replace("\\040", " "));
            }
        }
    }
}
