package dev.coord.chaos.faults;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Machine;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The wall clock of one peer, by libfaketime, which reads from a file what time it is; the monotonic clock is left alone. */
final class WallClock implements Fault {

    /** What the clock does, in the words of libfaketime. */
    enum Kind {
        FORWARD("clock-forward", "+3600"),
        BACK("clock-back", "-3600"),
        FAST("clock-fast", "+0 x10");

        private final String word;
        private final String rule;

        Kind(String word, String rule) {
            this.word = word;
            this.rule = rule;
        }
    }

    private static final String RIGHT = "+0 x1";
    private static final Duration CACHE = Duration.ofSeconds(1);
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

    private static Optional<Path> library() {
        return List.of("x86_64-linux-gnu", "aarch64-linux-gnu", "").stream()
                .map(directory -> Path.of("/usr/lib", directory, "faketime", "libfaketimeMT.so.1"))
                .filter(Files::exists)
                .findFirst();
    }

    private static Path jcmd() {
        return Path.of(System.getProperty("java.home"), "bin", "jcmd");
    }

    @Override
    public Optional<String> obstacle(Machine machine) {
        if (library().isEmpty()) {
            return Optional.of("no libfaketime");
        }
        return Files.exists(jcmd()) ? Optional.empty() : Optional.of("no jcmd to read the clock with");
    }

    /** A process reads the time from a file then, each time, and is so slow that no other promise can be held to its figures. */
    @Override
    public boolean isUsual() {
        return false;
    }

    @Override
    public void prepare(PeerProcess peer) throws IOException {
        set(peer, RIGHT);
        if (!peer.launch().environment().containsKey("FAKETIME_TIMESTAMP_FILE")) {
            peer.launch().preload(library().orElseThrow().toString());
            peer.launch()
                    .environment()
                    .put("FAKETIME_TIMESTAMP_FILE", file(peer).toString());
            peer.launch().environment().put("FAKETIME_CACHE_DURATION", Long.toString(CACHE.toSeconds()));
            peer.launch().environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
    }

    private static Path file(PeerProcess peer) {
        return peer.directory().resolve("clock");
    }

    private static void set(PeerProcess peer, String rule) throws IOException {
        Files.createDirectories(peer.directory());
        Files.writeString(file(peer), rule + "\n");
    }

    @Override
    public Injection inject(Scene scene) throws IOException {
        PeerProcess peer = scene.target();
        set(peer, kind.rule);
        return () -> {
            Duration off = off(peer);
            set(peer, RIGHT);
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
