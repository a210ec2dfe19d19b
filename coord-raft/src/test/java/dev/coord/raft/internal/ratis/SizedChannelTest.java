package dev.coord.raft.internal.ratis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SizedChannelTest {
    @TempDir
    Path directory;

    private enum Kind {
        WRITE,
        GATHER,
        WRITE_AT,
        TRANSFER,
        TRUNCATE,
        SEEK
    }

    /** A call of a channel, with a place in the file and a number of bytes. */
    private record Call(Kind kind, int place, int bytes) {
        void make(FileChannel channel) throws IOException {
            switch (kind) {
                case WRITE -> channel.write(filled());
                case GATHER -> channel.write(new ByteBuffer[] {filled(), ByteBuffer.allocate(0), filled()});
                case WRITE_AT -> channel.write(filled(), place);
                case TRANSFER ->
                    channel.transferFrom(Channels.newChannel(new ByteArrayInputStream(filled().array())), place, bytes);
                case TRUNCATE -> channel.truncate(place);
                case SEEK -> channel.position(place);
            }
        }

        private ByteBuffer filled() {
            byte[] content = new byte[bytes];
            Arrays.fill(content, (byte) (place + 1));
            return ByteBuffer.wrap(content);
        }
    }

    @Provide
    static Arbitrary<List<Call>> calls() {
        return Combinators.combine(
                        Arbitraries.of(Kind.class),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(0, 60))
                .as(Call::new)
                .list()
                .ofMaxSize(40);
    }

    @Property(tries = 200)
    void isLikeTheFileAndKnowsItsSize(@ForAll("calls") List<Call> calls) throws IOException {
        Path wrapped = Files.createTempFile("sized", ".log");
        Path plain = Files.createTempFile("plain", ".log");
        try (FileChannel sized = new SizedChannel(open(wrapped));
                FileChannel model = open(plain)) {
            for (Call call : calls) {
                call.make(sized);
                call.make(model);
                assertEquals(model.size(), sized.size());
                assertEquals(Files.size(wrapped), sized.size());
                assertEquals(model.position(), sized.position());
            }
            assertArrayEquals(Files.readAllBytes(plain), Files.readAllBytes(wrapped));
        } finally {
            Files.delete(wrapped);
            Files.delete(plain);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Test
    void asksForTheSizeOnce() throws IOException {
        Path file = directory.resolve("log");
        try (FileChannel sized = new SizedChannel(open(file))) {
            sized.write(ByteBuffer.allocate(10));
            Files.write(file, new byte[30], StandardOpenOption.APPEND);
            assertEquals(10, sized.size());
        }
    }

    @Test
    void asksAgainAfterAFailure() throws IOException {
        Path file = Files.write(directory.resolve("log"), new byte[10]);
        try (FileChannel sized = new SizedChannel(FileChannel.open(file, StandardOpenOption.READ))) {
            assertEquals(10, sized.size());
            assertThrows(NonWritableChannelException.class, () -> sized.write(ByteBuffer.allocate(1)));
            Files.write(file, new byte[30], StandardOpenOption.APPEND);
            assertEquals(40, sized.size());
        }
    }

    @Test
    void isClosedWhenAnInterruptClosesTheFile() throws IOException {
        try (FileChannel sized = new SizedChannel(open(directory.resolve("log")))) {
            sized.write(ByteBuffer.allocate(10));
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> sized.force(false));
            Thread.interrupted();
            assertFalse(sized.isOpen());
        }
    }
}
