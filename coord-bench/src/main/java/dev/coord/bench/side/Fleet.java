package dev.coord.bench.side;

import dev.coord.bench.Load;
import dev.coord.bench.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The systems that run at a time. One that fails is left out from then on. */
final class Fleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<Contestant, Subject> running = new ConcurrentHashMap<>();
    private final Consumer<String> complaints;

    Fleet(Stage stage, Path directory, Consumer<String> complaints) {
        this.complaints = complaints;
        List<CompletableFuture<Void>> starts = stage.hosts().stream()
                .map(host -> CompletableFuture.runAsync(
                        () -> start(host, stage, directory), task -> new Thread(task, "start-" + host).start()))
                .toList();
        starts.forEach(CompletableFuture::join);
    }

    private void start(Contestant host, Stage stage, Path directory) {
        Optional<String> absence = host.absence();
        if (absence.isPresent()) {
            complaints.accept("LEFT OUT: " + host.title() + ": " + absence.get());
            return;
        }
        try {
            running.put(host, host.start(directory.resolve(host.name()), stage.mode(), stage.heap()));
        } catch (IOException e) {
            complaints.accept("FAILED: " + host.title() + " did not start: " + e.getMessage());
        }
    }

    /** Has a contestant work; empty if it does not run. */
    Optional<Load.Figures> measure(Contestant who, String work, Duration window) {
        Subject subject = running.get(who.host());
        if (subject == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(subject.measure(who.offered(work), window, window.plus(PATIENCE)));
        } catch (IOException e) {
            complaints.accept("FAILED: " + who.title() + " at " + work + ": " + e.getMessage());
            subject.close();
            running.remove(who.host());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        running.values().forEach(Subject::close);
    }
}
