package dev.coord.examples.threephase;

import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitCoordinatorBuilder;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.TransactionAbortedException;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.time.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Coord's two-phase commit: a coordinator at each peer, and the decision in the replicated store. */
final class CoordContender implements Contender {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);

    private final Map<String, Resource> resources = new ConcurrentHashMap<>();

    /** Where the coordinator tells its application to be. */
    private volatile State told = State.INITIAL;

    private volatile boolean coordinatorCrashed;
    private volatile @Nullable Run run;

    /** The transaction, at the coordinator where it began. */
    private record Run(CommitCoordinator coordinator, GlobalTransaction transaction, Scheduler scheduler) {}

    private Run run() {
        Run present = run;
        if (present == null) {
            throw new IllegalStateException("nothing was begun: open the contender first");
        }
        return present;
    }

    @Override
    public String title() {
        return "Coord";
    }

    @Override
    public List<Kind> phases() {
        return List.of(Kind.PREPARE, Kind.COMMIT);
    }

    /** Sessions must end, a Raft leader be elected, and what could not be told is told again ever more rarely. */
    @Override
    public Duration forEver() {
        return Duration.ofSeconds(20);
    }

    @Override
    public void open(Stage stage) {
        for (String peer : stage.participants()) {
            resources.put(peer, Resource.start(stage.messenger(peer), stage.votesYes(peer)));
        }
        for (String peer : stage.peers()) {
            CommitCoordinator coordinator = coordinator(stage, peer);
            if (run == null) {
                GlobalTransaction transaction = coordinator.begin();
                stage.participants().forEach(transaction::enlist);
                run = new Run(coordinator, transaction, stage.coord(peer).scheduler());
            }
        }
    }

    private CommitCoordinator coordinator(Stage stage, String peer) {
        CommitCoordinatorBuilder builder =
                CommitCoordinator.on(stage.coord(peer), "/commit/story").timeout(TIMEOUT);
        for (String participant : stage.participants()) {
            builder.participant(
                    participant,
                    Resource.from(
                            stage.messenger(peer),
                            participant,
                            stage.bounds().answer(),
                            () -> run().transaction().id()));
        }
        return builder.start();
    }

    @Override
    public void begin() {
        told = State.UNCERTAIN;
        run().transaction().commitAsync().whenComplete((done, error) -> {
            if (error == null) {
                tell(State.COMMITTED);
            } else if (error instanceof TransactionAbortedException) {
                tell(State.ABORTED);
            } else {
                askStatus();
            }
        });
    }

    /** The application does what it is told to do when the outcome is not known in time: it asks, until it is answered. */
    private void askStatus() {
        if (coordinatorCrashed) {
            return;
        }
        run().coordinator().statusAsync(run().transaction().id()).whenComplete((status, error) -> {
            if (status == TransactionStatus.COMMITTED || status == TransactionStatus.COMMITTING) {
                tell(State.COMMITTED);
            } else if (status == TransactionStatus.ABORTED || status == TransactionStatus.ABORTING) {
                tell(State.ABORTED);
            } else {
                run().scheduler().schedule(ASK_AGAIN, this::askStatus);
            }
        });
    }

    private void tell(State outcome) {
        if (!coordinatorCrashed) {
            told = outcome;
        }
    }

    @Override
    public State state(String peer) {
        Resource resource = resources.get(peer);
        return resource == null ? told : resource.state();
    }

    @Override
    public void crashed(String peer) {
        coordinatorCrashed |= !resources.containsKey(peer);
    }
}
