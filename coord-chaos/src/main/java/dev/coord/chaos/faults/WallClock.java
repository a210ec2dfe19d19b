package dev.coord.chaos.faults;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Machine;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.Waiting;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The wall clock of one peer, through a library that is preloaded into it; the monotonic clock is left alone. */
final class WallClock implements Fault {

    /** What the clock does. */
    enum Kind {
        FORWARD("clock-forward", HOUR_NANOS, 0),
        BACK("clock-back", -HOUR_NANOS, 0),
        /** Ten times as fast. */
        FAST("clock-fast", 0, 9);

        private final String word;
        private final long offset;
        private final long faster;

        Kind(String word, long offset, long faster) {
            this.word = word;
            this.offset = offset;
            this.faster = faster;
        }
    }

    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final String VARIABLE = "COORD_CLOCK";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration WRONG = Duration.ofSeconds(5);
    private static final Pattern DATE =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d{4}): ");
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ");

    private final Kind kind;

    WallClock(Kind kind) {
        this.kind = kind;
    }

    @Override
    public String kind() {
        return kind.word;
    }

    private static Path jcmd() {
        return Path.of(System.getProperty("java.home"), "bin", "jcmd");
    }

    @Override
    public Optional<String> obstacle(Machine machine) {
        return PreloadedLibrary.CLOCK
                .obstacle(machine)
                .or(() -> Files.exists(jcmd()) ? Optional.empty() : Optional.of("no jcmd to read the clock with"));
    }

    @Override
    public void prepare(PeerProcess peer) throws IOException {
        if (peer.launch().environment().containsKey(VARIABLE)) {
            return;
        }
        Files.createDirectories(peer.directory());
        set(peer, 0, 0);
        peer.launch().environment().put(VARIABLE, file(peer).toString());
        peer.launch().preload(PreloadedLibrary.CLOCK.file().toString());
    }

    private static Path file(PeerProcess peer) {
        return peer.directory().resolve("clock");
    }

    /** The peer has the file mapped, so it must never be shorter. */
    private static void set(PeerProcess peer, long offset, long faster) throws IOException {
        ByteBuffer words = ByteBuffer.allocate(3 * Long.BYTES).order(ByteOrder.nativeOrder());
        // The same clock as CLOCK_MONOTONIC, on Linux.
        words.putLong(offset).putLong(faster).putLong(Ticker.system().nanos()).flip();
        try (FileChannel channel = FileChannel.open(file(peer), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(words, 0);
        }
    }

    @Override
    public Injection inject(Scene scene) throws IOException {
        PeerProcess peer = scene.target();
        set(peer, kind.offset, 0);
        // The words are seen one after the other: how fast must not be seen with an old instant.
        set(peer, kind.offset, kind.faster);
        return () -> {
            Duration off = off(peer);
            set(peer, 0, 0);
            String what = "the wall clock of " + peer.id() + " was off by " + off.toMillis() + " ms";
            return off.abs().compareTo(WRONG) > 0 ? Proof.of(what) : Proof.none(what);
        };
    }

    /** By how much the peer's clock is wrong, once it has seen the file; the process itself is asked. */
    private static Duration off(PeerProcess peer) throws IOException, InterruptedException {
        Duration[] off = {Duration.ZERO};
        Waiting.time(PATIENCE, () -> {
            off[0] = read(peer);
            return off[0].abs().compareTo(WRONG) > 0;
        });
        return off[0];
    }

    private static Duration read(PeerProcess peer) {
        try {
            String said = Shell.run(jcmd().toString(), Long.toString(peer.pid()), "VM.uptime", "-date")
                    .output();
            Matcher date = DATE.matcher(said);
            return date.find()
                    ? Duration.between(
                            Instant.now(),
                            OffsetDateTime.parse(date.group(1), FORMAT).toInstant())
                    : Duration.ZERO;
        } catch (IOException e) {
            return Duration.ZERO;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Duration.ZERO;
        }
    }
}
