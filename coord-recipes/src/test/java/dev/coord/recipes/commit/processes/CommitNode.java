package dev.coord.recipes.commit.processes;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.raft.CoordPeer;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitStep;
import dev.coord.recipes.commit.Crash;
import dev.coord.recipes.commit.CrashPoint;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.IndeterminateCommitException;
import dev.coord.recipes.commit.InterceptedCoord;
import dev.coord.recipes.commit.StepHook;
import dev.coord.recipes.commit.TransactionAbortedException;
import dev.coord.recipes.commit.processes.Transfers.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A process with a peer and a coordinator, that does as it is told by lines on its standard input, and dies where it is told to. Ends
 * with its input.
 *
 * <pre>CommitNode &lt;id&gt; &lt;n1=host:port,n2=host:port,…&gt; &lt;data directory&gt; &lt;port of one server&gt; &lt;port of the other&gt;</pre>
 */
public final class CommitNode {
    static final Duration TTL = Duration.ofSeconds(2);

    /** What a shell says of a process that was killed. */
    static final int KILLED = 137;

    private final Coord coord;
    private final Transfers transfers;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final AtomicReference<Optional<StepHook>> armed = new AtomicReference<>(Optional.empty());
    private @Nullable CommitCoordinator coordinator;
    private @Nullable Outage outage;

    private CommitNode(Coord coord, Transfers transfers) {
        this.coord = coord;
        this.transfers = transfers;
    }

    /**
     * Runs it.
     *
     * @param args see above
     * @throws Exception if something goes wrong that is not to
     */
    public static void main(String[] args) throws Exception {
        BlockingQueue<String> commands = listen();
        try (CoordPeer peer = CoordPeer.builder()
                .id(args[0])
                .members(args[1])
                .dataDirectory(Path.of(args[2]))
                .sessionTtl(TTL)
                .start()) {
            Coord coord = opened(peer);
            Transfers transfers = new Transfers(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
            System.out.println("ready");
            new CommitNode(coord, transfers).obey(commands);
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    /** At the very first start the others may not be up yet. */
    private static Coord opened(CoordPeer peer) throws InterruptedException {
        while (true) {
            try {
                return peer.openSession(TTL);
            } catch (CoordException e) {
                System.out.println("no session yet: " + e.getMessage());
            }
        }
    }

    /** From the start, however long that takes: the end of the input is the end of the test, which no node outlives. */
    private static BlockingQueue<String> listen() {
        BlockingQueue<String> commands = new LinkedBlockingQueue<>();
        Thread listener = new Thread(() -> listen(commands), "listener");
        listener.setDaemon(true);
        listener.start();
        return commands;
    }

    private static void listen(BlockingQueue<String> commands) {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                commands.add(line);
            }
        } catch (IOException e) {
            // As if it had ended.
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    private void obey(BlockingQueue<String> commands) throws InterruptedException {
        while (true) {
            obey(commands.take().split(" ", -1));
        }
    }

    private void obey(String[] words) throws InterruptedException {
        switch (words[0]) {
            case "open" -> open();
            case "close" -> running().close();
            case "die" ->
                armed.set(Optional.of(new Crash(
                        CrashPoint.of(words[1]), 1, () -> Runtime.getRuntime().halt(KILLED))));
            case "outage" ->
                await(new Outage(CrashPoint.of(words[1]), () -> System.out.println("reached " + words[1])));
            case "over" -> requireNonNull(outage).over();
            case "transfer" -> transfer(Integer.parseInt(words[1]), Kind.valueOf(words[2]));
            case "backlog" ->
                System.out.println(
                        "backlog " + words[1] + " " + running().backlog().size());
            case "status" -> System.out.println("status " + running().status(words[1]));
            default -> throw new IllegalArgumentException("command " + words[0]);
        }
        System.out.println("done " + String.join(" ", words));
    }

    private CommitCoordinator running() {
        return requireNonNull(coordinator, "open it first");
    }

    private void open() {
        StepHook hook = new StepHook() {
            @Override
            public <T extends @Nullable Object> CompletableFuture<T> around(
                    CommitStep step, Supplier<CompletableFuture<T>> call) {
                return armed.get().map(now -> now.around(step, call)).orElseGet(call);
            }
        };
        Coord hooked = new InterceptedCoord(coord, Transfers.PATH, hook);
        coordinator = transfers
                .join(CommitCoordinator.on(hooked, Transfers.PATH), hook, executor)
                .timeout(Duration.ofSeconds(5))
                .start();
    }

    private void await(Outage next) {
        outage = next;
        armed.set(Optional.of(next));
    }

    private void transfer(int number, Kind kind) {
        CommitCoordinator by = running();
        executor.execute(() -> {
            try {
                GlobalTransaction transaction = transfers.begin(by, number, kind);
                System.out.println("began " + transaction.id());
                transaction.commit();
                System.out.println("ended COMMITTED");
            } catch (TransactionAbortedException e) {
                System.out.println("ended ABORTED " + e.getMessage());
            } catch (IndeterminateCommitException e) {
                System.out.println("ended UNKNOWN " + e.getMessage());
            } catch (SQLException | RuntimeException | InterruptedException e) {
                System.out.println("ended by " + e);
            }
        });
    }
}
