package dev.coord.raft;

import static java.util.Objects.requireNonNull;

import dev.coord.raft.Inquiry.Verdict;
import dev.coord.raft.PeerStartException.Reason;
import dev.coord.raft.PeerStatus.State;
import dev.coord.raft.internal.client.PeerCore;
import dev.coord.raft.internal.client.RaftStatus;
import dev.coord.raft.internal.client.StateMachine;
import dev.coord.raft.internal.ratis.RaftOpenException;
import dev.coord.raft.internal.ratis.RatisFigures;
import dev.coord.raft.internal.ratis.RatisNode;
import dev.coord.raft.internal.ratis.RatisNodeConfig;
import dev.coord.raft.internal.ratis.RemovedException;
import dev.coord.raft.internal.transport.Transport;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the peer's Raft node, and opens it anew when its log failed and the disk is well again. The replica keeps its view
 * meanwhile, and its watches and reads go on.
 */
final class Supervisor {
    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);
    private static final Duration RECOVERY_INTERVAL = Duration.ofMillis(500);
    private static final Duration STRANGE_INTERVAL = Duration.ofSeconds(2);

    private final PeerConfig config;
    private final PeerDirectory directory;
    private final PeerCore core;
    private final Transport transport;
    private final Scheduler scheduler;
    private final Executor work;
    private final Inquiry inquiry;

    /** Guards opening and closing of nodes, which take their time; everything else reads the volatile fields. */
    private final ReentrantLock transition = new ReentrantLock();

    /** How often Raft was opened; tells a failure of the present node from those of former ones. */
    private final AtomicInteger openings = new AtomicInteger();

    private final AtomicInteger invitations = new AtomicInteger();

    private volatile @Nullable RatisNode node;

    /** Of all nodes, one after the other. */
    private final RatisFigures figures = new RatisFigures(Ticker.system());

    /** The members with which the settings were compared last. */
    private volatile Set<String> compared = Set.of();

    /** In one, so that nobody sees a state with the problem of another. */
    private final AtomicReference<Standing> standing = new AtomicReference<>(new Standing(State.JOINING, null));

    Supervisor(
            PeerConfig config,
            PeerDirectory directory,
            PeerCore core,
            Transport transport,
            Scheduler scheduler,
            Executor work) {
        this.config = config;
        this.directory = directory;
        this.core = core;
        this.transport = transport;
        this.scheduler = scheduler;
        this.work = work;
        inquiry = new Inquiry(core, directory.id());
    }

    /** How the peer stands. */
    record Standing(State state, @Nullable String problem) {}

    Standing standing() {
        return requireNonNull(standing.get());
    }

    private State state() {
        return standing().state();
    }

    /** Closed it stays. */
    private void becomes(State state, @Nullable String problem) {
        standing.updateAndGet(now -> now.state() == State.CLOSED ? now : new Standing(state, problem));
    }

    /** The node of the moment, null while there is none. */
    @Nullable
    RatisNode node() {
        return node;
    }

    RatisFigures figures() {
        return figures;
    }

    void waiting(String what) {
        becomes(state(), what);
    }

    /**
     * Opens Raft for a cluster that is there already and adds this peer; without effect once it is open, or closed.
     *
     * @throws IllegalStateException if its users were told that it was removed
     */
    void openInvited() {
        transition.lock();
        try {
            core.checkOpen();
            invitations.incrementAndGet();
            if (node == null && state() != State.CLOSED) {
                if (state() == State.REMOVED) {
                    becomes(State.JOINING, "added again");
                }
                directory.invite();
                open();
            }
        } finally {
            transition.unlock();
        }
    }

    /** Opens Raft; without effect once closed or removed. */
    void open() {
        transition.lock();
        try {
            if (state() != State.CLOSED && state() != State.REMOVED && node == null) {
                core.takesPart();
                StateMachine replica = core.newStateMachine();
                int opening = openings.incrementAndGet();
                RatisNode opened = RatisNode.open(nodeConfig(replica, cause -> raftFailed(opening, cause)));
                node = opened;
                // Not before: Raft may refuse the disk, and the peer must then not pass for one that has voted.
                directory.join();
                core.raft(opened);
                becomes(State.RUNNING, null);
                replica.statusChanged();
                core.raftStarted();
                lookLater(opening);
            }
        } catch (RaftOpenException e) {
            throw new PeerStartException(reason(e.reason()), String.valueOf(e.getMessage()), e);
        } finally {
            transition.unlock();
        }
    }

    private RatisNodeConfig nodeConfig(StateMachine replica, Consumer<Throwable> onFailed) {
        return RatisNodeConfig.builder()
                .clusterId(config.cluster())
                .selfId(config.id())
                .members(directory.invited() ? Set.of() : config.members().keySet())
                .directory(directory.raft())
                .electionTimeout(
                        config.electionTimeout(), config.electionTimeout().multipliedBy(2))
                .snapshotAfter(config.snapshotEntries(), config.snapshotBytes())
                .retainedEntries(config.retainedEntries())
                .minFreeBytes(config.minFreeBytes())
                .retryCacheExpiry(config.retryCacheExpiry())
                .maxEntryBytes(4 << 20)
                .transport(transport)
                .stateMachine(replica)
                .ticker(Ticker.system())
                .figures(figures)
                .onFailed(onFailed)
                .build();
    }

    private static Reason reason(RaftOpenException.Reason reason) {
        return switch (reason) {
            case LOG_CORRUPT -> Reason.LOG_CORRUPT;
            case SNAPSHOT_CORRUPT -> Reason.SNAPSHOT_CORRUPT;
            case DIRECTORY_IN_USE -> Reason.DIRECTORY_IN_USE;
            case DIRECTORY_UNUSABLE -> Reason.DIRECTORY_UNUSABLE;
            case OTHER -> Reason.OTHER;
        };
    }

    /** The peer cannot take part, for good. */
    void refuse(PeerStartException cause) {
        becomes(State.FAILED, cause.getMessage());
        log.error("peer {} cannot take part: {}", config.id(), cause.getMessage());
    }

    /** Handled on another thread, which waits for the opening to end if that is when Raft failed. */
    private void raftFailed(int opening, Throwable cause) {
        work.execute(() -> stopFailed(opening, cause));
    }

    private void stopFailed(int opening, Throwable cause) {
        transition.lock();
        try {
            if (opening != openings.get() || state() == State.CLOSED || node == null) {
                return;
            }
            if (cause instanceof RemovedException removed) {
                becomes(State.FAILED, removed.getMessage() + "; asking the others");
                Set<String> members = core.messenger().others();
                closeNode();
                askWhetherRemoved(opening, members, removed.isLikely());
                return;
            }
            String problem = "Raft failed: " + cause + "; the peer takes part again when its disk can be written";
            becomes(State.FAILED, problem);
            log.error("peer {}: {}", config.id(), problem);
            closeNode();
        } finally {
            transition.unlock();
        }
        recoverLater();
    }

    private void lookLater(int opening) {
        scheduler.schedule(STRANGE_INTERVAL, () -> work.execute(() -> look(opening)));
    }

    /** A peer that was removed, and starts anew, is no member by its own log; it campaigns not, and nobody speaks to it. */
    private void look(int opening) {
        if (opening == openings.get() && state() == State.RUNNING) {
            RaftStatus status = core.status();
            compare(status);
            if (isStranger(status)) {
                askWhetherRemoved(opening, status.voters(), false);
            }
            lookLater(opening);
        }
    }

    /** Settings do not change the members, which surprises whoever thinks so. */
    private void compare(RaftStatus status) {
        Set<String> members = status.voters();
        if (!members.isEmpty() && status.oldVoters().isEmpty() && !members.equals(compared)) {
            compared = members;
            if (!members.equals(config.members().keySet())) {
                log.warn(
                        "peer {}: the members of the cluster are {}, by its log; its settings name {}. Members are changed by"
                                + " Membership, and the settings are to follow",
                        config.id(),
                        new TreeSet<>(members),
                        new TreeSet<>(config.members().keySet()));
            }
        }
    }

    private boolean isStranger(RaftStatus status) {
        return status.leavesOut(config.id()) && status.leader() == null;
    }

    /** Its own log may hold a configuration that the others gave up: only they know. */
    private void askWhetherRemoved(int opening, Set<String> members, boolean likely) {
        int invited = invitations.get();
        inquiry.ask(members)
                .thenAcceptAsync(
                        verdict -> {
                            // An answer from before an invitation says nothing of what came after.
                            if (invited == invitations.get()) {
                                judge(opening, members, likely, verdict);
                            }
                        },
                        work);
    }

    private void judge(int opening, Set<String> members, boolean likely, Verdict verdict) {
        transition.lock();
        try {
            // It may have been added again meanwhile, or closed.
            if (opening != openings.get() || state() == State.CLOSED) {
                return;
            }
            if (node != null && !isStranger(core.status())) {
                return;
            }
            if (verdict == Verdict.NO_MEMBER) {
                closeNode();
                becomes(State.REMOVED, "removed from the cluster: close the peer, or have it added again");
                core.removed();
                log.info("peer {} was removed from the cluster", config.id());
            } else if (verdict == Verdict.UNKNOWN && likely) {
                scheduler.schedule(
                        RECOVERY_INTERVAL, () -> work.execute(() -> askWhetherRemoved(opening, members, true)));
            } else if (node == null) {
                recoverLater();
            }
        } finally {
            transition.unlock();
        }
    }

    private void recoverLater() {
        scheduler.schedule(RECOVERY_INTERVAL, () -> work.execute(this::recover));
    }

    private void recover() {
        if (state() != State.FAILED) {
            return;
        }
        try {
            directory.probe();
            open();
            log.info("peer {} takes part again", config.id());
        } catch (IOException | PeerStartException e) {
            becomes(State.FAILED, "Raft failed, and its disk or log is not well yet: " + e.getMessage());
            recoverLater();
        }
    }

    private void closeNode() {
        transition.lock();
        try {
            RatisNode current = node;
            node = null;
            core.raft(null);
            if (current != null) {
                current.close();
            }
        } finally {
            transition.unlock();
        }
    }

    void close() {
        transition.lock();
        try {
            // Under the lock: an opening under way must not report the peer as running afterwards.
            becomes(State.CLOSED, standing().problem());
            closeNode();
        } finally {
            transition.unlock();
        }
    }
}
