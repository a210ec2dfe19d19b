package dev.coord.chaos.points;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Newcomers;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A newcomer to whom the log reaches back no more dies while it installs a snapshot: before or after that has taken its place, before
 * or after it was read. It is started anew, becomes a member, and is removed again when healed.
 */
final class InstallDeath implements Fault {
    private static final List<Point> POINTS = Stream.of(Point.values())
            .filter(point -> point.where() == Point.Where.BEHIND)
            .toList();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The log is dropped by whole segments. */
    private static final Duration LOG = Duration.ofMinutes(3);

    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+).*");

    private int times;

    @Override
    public String kind() {
        return "install-death";
    }

    /** In a short run the log reaches back to its beginning for most of the time. */
    @Override
    public boolean isUsual() {
        return false;
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        Point point = POINTS.get(times++ % POINTS.size());
        PeerProcess asked = scene.target();
        Waiting.time(LOG, () -> firstEntry(asked.dataDirectory()) > 0);
        PeerProcess newcomer = scene.ensemble().newcomer();
        List<String> arguments = newcomer.launch().jvmArguments();
        arguments.add(PointsAgent.argument(newcomer.directory()) + "=" + point.text());
        newcomer.start();
        Future<?> added = invite(asked, newcomer);
        int status = Waiting.death(newcomer, PATIENCE) ? newcomer.awaitExit() : -1;
        arguments.clear();
        if (status < 0) {
            newcomer.signal("KILL");
            newcomer.awaitExit();
        }
        newcomer.start();
        settle(added, asked, newcomer);
        List<String> members = asked.members();
        String evidence = newcomer.id() + " at " + point.text() + ": exit " + status + ", then members " + members;
        boolean happened = status == Points.DIED && members.contains(newcomer.id());
        return () -> {
            boolean told = Newcomers.dismiss(asked, List.of(newcomer));
            return happened && told ? Proof.of(evidence) : Proof.none(evidence + ", told: " + told);
        };
    }

    /** The index of the first entry of a log, -1 if there is no log. */
    private static long firstEntry(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.map(path -> SEGMENT.matcher(path.getFileName().toString()))
                    .filter(Matcher::matches)
                    .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
                    .min()
                    .orElse(-1);
        } catch (IOException | UncheckedIOException e) {
            // A segment was dropped meanwhile.
            return -1;
        }
    }

    private static Future<?> invite(PeerProcess asked, PeerProcess newcomer) {
        FutureTask<?> added = new FutureTask<>(() -> {
            Newcomers.invite(asked, newcomer);
            return true;
        });
        Thread thread = new Thread(added, "invite-" + newcomer.id());
        thread.setDaemon(true);
        thread.start();
        return added;
    }

    /** The change may have been given up when the newcomer died; it is asked for again then, as by an operator. */
    private static void settle(Future<?> added, PeerProcess asked, PeerProcess newcomer)
            throws IOException, InterruptedException {
        try {
            added.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            asked.addMember(newcomer);
        }
    }
}
