package dev.coord.examples.threephase;

import dev.coord.net.Messenger;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.time.Scheduler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process in the commit of one transaction, by two-phase or three-phase commit: the coordinator, which is the first member, or a
 * participant. It keeps nothing on disk: a process that crashes stays away (crash-stop).
 *
 * <p><b>Termination.</b> A participant that is in doubt and hears nothing asks all others. If one with a lower id answers, it is left
 * to that one (the bully algorithm of Garcia-Molina 1982, with the lowest id); else this one is elected, by itself, among those it
 * reaches. That is the weak point: each side of a partition elects one of its own.
 */
final class Site {
    private final Rules rules;
    private final List<String> members;
    private final Messenger messenger;
    private final Scheduler scheduler;
    private final Bounds bounds;
    private final boolean votesYes;

    private final SerialContext context = new SerialContext(error -> {
        throw error;
    });

    /** Written in the context only. */
    private volatile State state = State.INITIAL;

    private volatile boolean stopped;
    private boolean inCharge;
    private Scheduler.@Nullable Timer silence;

    private Site(
            Rules rules,
            List<String> members,
            Messenger messenger,
            Scheduler scheduler,
            Bounds bounds,
            boolean votesYes) {
        this.rules = rules;
        this.members = members;
        this.messenger = messenger;
        this.scheduler = scheduler;
        this.bounds = bounds;
        this.votesYes = votesYes;
    }

    /** Starts a process: from now on it answers. */
    static Site start(
            Rules rules,
            List<String> members,
            Messenger messenger,
            Scheduler scheduler,
            Bounds bounds,
            boolean votesYes) {
        Site site = new Site(rules, List.copyOf(members), messenger, scheduler, bounds, votesYes);
        messenger.serve(Kind.SERVICE, (from, payload) -> site.handle(Kind.decode(payload)));
        return site;
    }

    State state() {
        return state;
    }

    /** As a crash does: it does nothing any more, not even the rest of what it is doing. */
    void stop() {
        stopped = true;
    }

    // ---- the coordinator

    /** Has the transaction committed; for the coordinator, once. */
    void begin() {
        run(() -> {
            inCharge = true;
            become(State.UNCERTAIN);
            ask(others(), Kind.PREPARE, votes -> go(unanimous(votes) ? rules.afterVotes() : Step.ABORT, votes));
        });
    }

    private boolean unanimous(Map<String, State> votes) {
        return votes.size() == members.size() - 1 && votes.values().stream().allMatch(vote -> vote == State.UNCERTAIN);
    }

    // ---- everybody

    private CompletableFuture<byte[]> handle(Kind kind) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        run(() -> {
            hear(kind);
            answer.complete(state.encoded());
        });
        return answer;
    }

    private void hear(Kind kind) {
        switch (kind) {
            case PREPARE -> {
                if (state == State.INITIAL) {
                    become(votesYes ? State.UNCERTAIN : State.ABORTED);
                }
            }
            case PRE_COMMIT -> become(State.PRECOMMITTED);
            case COMMIT -> become(State.COMMITTED);
            case ABORT -> become(State.ABORTED);
            case STATE -> {}
            case ELECT -> terminate();
        }
        waitForWord();
    }

    /** Goes there, if there is a step; what is decided stays. */
    private void become(State next) {
        if (!stopped && state.canBecome(next)) {
            state = next;
        }
    }

    private void waitForWord() {
        if (silence != null) {
            silence.cancel();
            silence = null;
        }
        if (state.isInDoubt() && !inCharge) {
            silence = scheduler.schedule(bounds.silence(), () -> run(this::terminate));
        }
    }

    // ---- whoever is in charge

    private void terminate() {
        if (inCharge) {
            return;
        }
        inCharge = true;
        ask(others().stream().filter(this::isLower).toList(), Kind.ELECT, lower -> {
            if (lower.isEmpty()) {
                // One may have crashed this very moment: what it sent must arrive before states are asked for, or they
                // are old.
                scheduler.schedule(bounds.answer(), () -> run(this::takeOver));
            } else {
                stepBack();
            }
        });
    }

    private void takeOver() {
        ask(others().stream().filter(peer -> !isLower(peer)).toList(), Kind.STATE, answers -> {
            List<State> states = new ArrayList<>(answers.values());
            states.add(state);
            go(rules.recover(states), answers);
        });
    }

    private boolean isLower(String peer) {
        return members.indexOf(peer) < members.indexOf(messenger.self());
    }

    private void go(Step step, Map<String, State> answers) {
        switch (step) {
            case ABORT -> conclude(State.ABORTED, Kind.ABORT);
            case COMMIT -> conclude(State.COMMITTED, Kind.COMMIT);
            case PRE_COMMIT_THEN_COMMIT -> {
                become(State.PRECOMMITTED);
                List<String> uncertain = answers.keySet().stream()
                        .filter(peer -> answers.get(peer) == State.UNCERTAIN)
                        .sorted()
                        .toList();
                // Who does not answer has crashed, it is held: here a partition splits what is to be one.
                ask(uncertain, Kind.PRE_COMMIT, acknowledged -> conclude(State.COMMITTED, Kind.COMMIT));
            }
            case WAIT, NOTHING_HELPS -> stepBack();
        }
    }

    private void conclude(State outcome, Kind kind) {
        become(outcome);
        if (state == outcome) {
            ask(others(), kind, acknowledged -> stepBack());
        } else {
            stepBack();
        }
    }

    private void stepBack() {
        inCharge = false;
        waitForWord();
    }

    // ---- messages

    private List<String> others() {
        return members.stream().filter(peer -> !peer.equals(messenger.self())).toList();
    }

    /** Asks in the order given, and goes on with the answers when each has come or failed to. */
    private void ask(Collection<String> peers, Kind kind, Consumer<Map<String, State>> then) {
        Map<String, State> answers = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (String peer : peers) {
            if (!stopped) {
                all.add(messenger
                        .request(peer, Kind.SERVICE, kind.encoded(), bounds.answer())
                        .thenAccept(answer -> answers.put(peer, State.decode(answer)))
                        .exceptionally(unreachable -> null));
            }
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenRun(() -> run(() -> then.accept(answers)));
    }

    private void run(Runnable task) {
        context.run(() -> {
            if (!stopped) {
                task.run();
            }
        });
    }
}
