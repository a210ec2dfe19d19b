package dev.coord.chaos.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** A program that does to files what a peer does, and more; run with the preloaded library. */
final class FileWriter {
    private final Path directory;

    private FileWriter(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws IOException {
        FileWriter writer = new FileWriter(Path.of(arguments[0]));
        switch (arguments[1]) {
            case "everything" -> writer.everything(Long.parseLong(arguments[2]));
            case "synced-and-not" -> writer.syncedAndNot();
            case "renamed" -> writer.renamed();
            case "failed-sync" -> writer.failedSync();
            default -> throw new IllegalArgumentException(arguments[1]);
        }
        Runtime.getRuntime().halt(0);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private FileChannel create(String name) throws IOException {
        return FileChannel.open(directory.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private void syncedAndNot() throws IOException {
        try (FileChannel log = create("log")) {
            force(directory);
            log.write(bytes("durable,"));
            log.force(false);
            log.write(bytes("lost"));
        }
        try (FileChannel nameless = create("unsynced-name")) {
            nameless.write(bytes("x"));
        }
    }

    private void renamed() throws IOException {
        for (String name : new String[] {"old", "new"}) {
            try (FileChannel file = create("meta.tmp")) {
                file.write(bytes(name));
                file.force(true);
            }
            Files.move(directory.resolve("meta.tmp"), directory.resolve("meta"), StandardCopyOption.ATOMIC_MOVE);
            if (name.equals("old")) {
                force(directory);
            }
        }
    }

    private void failedSync() throws IOException {
        try (FileChannel log = create("log")) {
            force(directory);
            log.write(bytes("one,"));
            try {
                log.force(false);
                System.out.println("the sync did not fail");
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
            log.write(bytes("two,"));
            log.force(false);
        }
    }

    private void everything(long seed) throws IOException {
        Random random = new Random(seed);
        Files.createDirectories(directory.resolve("sub/deep"));
        for (int i = 0; i < 60; i++) {
            Path one = directory.resolve(random.nextBoolean() ? "f" + random.nextInt(6) : "sub/f" + random.nextInt(6));
            Path other = directory.resolve("sub/deep/g" + random.nextInt(6));
            step(random, one, other);
        }
    }

    private static void step(Random random, Path one, Path other) throws IOException {
        byte[] some = new byte[1 + random.nextInt(3000)];
        random.nextBytes(some);
        switch (random.nextInt(7)) {
            case 0 -> Files.write(one, some);
            case 1 -> Files.write(one, some, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            case 2 -> {
                if (Files.exists(one)) {
                    Files.move(one, other, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            case 3 -> {
                if (Files.exists(other)) {
                    Files.copy(other, one, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            case 4 -> Files.deleteIfExists(other);
            case 5 -> {
                try (RandomAccessFile file = new RandomAccessFile(one.toFile(), "rw")) {
                    file.setLength(random.nextInt(5000));
                    file.seek(random.nextInt(5000));
                    file.write(some);
                    file.getFD().sync();
                }
            }
            default -> {
                try (FileChannel file = FileChannel.open(other, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    ByteBuffer[] parts = {ByteBuffer.wrap(some), bytes("abc"), bytes("")};
                    while (parts[0].hasRemaining() || parts[1].hasRemaining()) {
                        file.write(parts);
                    }
                    file.write(bytes("xyz"), random.nextInt(4000));
                    file.truncate(random.nextInt(4000));
                    file.force(random.nextBoolean());
                }
            }
        }
    }
}
