package dev.coord.recipes.swim;

import static java.util.Objects.requireNonNull;

import dev.coord.ClosedException;
import dev.coord.CoordException.Outcome;
import dev.coord.kv.Value;
import dev.coord.net.Datagrams;
import dev.coord.net.Messenger;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.recipes.internal.Teller;
import dev.coord.time.Scheduler;
import dev.coord.time.Scheduler.Timer;
import dev.coord.time.Ticker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes part in a group whose members find out by themselves who of them is alive: SWIM (Das, Gupta and Motivala, "SWIM:
 * Scalable Weakly-consistent Infection-style Process Group Membership Protocol", DSN 2002) with Lifeguard (Dadgar, Phillips
 * and Currey, "Lifeguard: Local Health Awareness for More Accurate Failure Detection", DSN-W 2018).
 *
 * <p><b>What it promises.</b> A member that stays dead is declared so by every other, and once the network is quiet all live
 * members agree on who is there, a partition that has healed included. It does not promise that they agree at any moment, nor
 * that who is declared dead is: a member that is cut off is dead to the others. So it is a hint where to look, never a reason
 * to take what another holds: for that there are leases and locks.
 *
 * <p><b>What it costs.</b> About two datagrams a member and interval, however large the group is, and more while something
 * changes or messages are lost; see {@code docs/swim.md}.
 *
 * <p>Safe for use by any thread; nothing blocks but {@link #leave()}. A message is handled on the thread that brings it.
 */
public final class SwimMembership implements AutoCloseable {
    private static final String SERVICE = "coord.swim";

    private final Datagrams datagrams;
    private final @Nullable Messenger messenger;
    private final Envelope envelope;
    private final SwimListener listener;
    private final Teller teller;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final long origin;
    private final SwimCore core;
    private final SerialContext context = new SerialContext(this::failed);
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private volatile boolean leaves;

    // Of the context.
    private @Nullable Timer timer;
    private long timerAt = Long.MAX_VALUE;
    private long rejected;
    private long viewed = -1;
    private volatile Messenger.@Nullable Service service;
    private boolean started;

    private volatile boolean closed;
    private volatile boolean hasLeft;
    private volatile MemberView view;
    private volatile int localHealth;
    private volatile SwimStats stats;

    private SwimMembership(SwimMembershipBuilder of, Ticker ticker, Scheduler scheduler) {
        this.datagrams = of.datagrams;
        this.messenger = of.messenger;
        this.envelope = new Envelope(of.seal, of.group);
        this.listener = of.listener;
        this.teller = new Teller(of.executor);
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.origin = ticker.nanos();
        Peer self = new Peer(
                of.name.getBytes(StandardCharsets.UTF_8),
                of.datagrams.address(),
                of.metadata.toByteArray(),
                of.random.nextLong() | 1,
                0);
        int most = of.datagrams.maxPayload() - envelope.overhead();
        this.core = new SwimCore(of.config, self, of.seeds, most, of.random, new Doing());
        this.view = MemberView.of(core.beliefs());
        this.stats = core.counters.toStats(0);
    }

    /**
     * Begins to say how to take part.
     *
     * @param name what this member is called, 1 to {@value SwimMember#MAX_NAME_BYTES} bytes of UTF-8, as no other: one that
     *     has just restarted takes its former name
     * @param datagrams where it sends and receives; from {@link SwimMembershipBuilder#start} on its receiver is this one's,
     *     and it is closed with it
     * @return the builder
     * @throws IllegalArgumentException if the name or the address is too long, or the datagrams are too short
     */
    public static SwimMembershipBuilder builder(String name, Datagrams datagrams) {
        return new SwimMembershipBuilder(name, datagrams);
    }

    static SwimMembership start(SwimMembershipBuilder of, Ticker ticker, Scheduler scheduler) {
        SwimMembership membership = new SwimMembership(of, ticker, scheduler);
        membership.register();
        // What came before is lost, and asked for again.
        membership.enter(() -> {
            membership.started = true;
            membership.settled(() -> membership.core.start(membership.now()));
        });
        return membership;
    }

    /** Throws if somebody else has what this needs; then nothing is left of it. */
    private void register() {
        Messenger.Service served = messenger == null ? () -> {} : messenger.serve(SERVICE, this::asked);
        try {
            datagrams.receive(this::received);
        } catch (RuntimeException | Error e) {
            served.close();
            throw e;
        }
        service = served;
    }

    /**
     * Returns this member as it tells the others of itself.
     *
     * @return itself
     */
    public SwimMember self() {
        return view.self();
    }

    /**
     * Returns the members that are alive or suspect, this one among them until it leaves. From local memory, at once.
     *
     * @return an immutable list in the order of names
     */
    public List<SwimMember> members() {
        return view.active();
    }

    /**
     * Returns what is known of a member, also of one that is dead or has left, as long as it is remembered.
     *
     * @param name its name
     * @return the member; empty if none of this name is known
     */
    public Optional<SwimMember> member(String name) {
        return Optional.ofNullable(view.all().get(requireNonNull(name, "name")));
    }

    /**
     * Returns Lifeguard's score of this process: how much reason it has to doubt itself rather than others.
     *
     * @return 0, which is healthy, to 7; it probes that many times slower, plus one
     */
    public int localHealth() {
        return localHealth;
    }

    /**
     * Returns what it has done and seen since it started.
     *
     * @return the numbers as of the last message or timer
     */
    public SwimStats stats() {
        return stats;
    }

    /**
     * Tells the others something else of this member.
     *
     * @param metadata at most {@link SwimMember#MAX_METADATA_BYTES}
     * @throws IllegalArgumentException if it is larger
     * @throws ClosedException if this was closed, or leaves
     */
    public void setMetadata(Value metadata) {
        byte[] bytes = SwimMembershipBuilder.checked(metadata).toByteArray();
        refuseIfClosed();
        if (leaves) {
            throw new ClosedException(
                    Outcome.NOT_APPLIED, "this member leaves: others would take it for one that joins");
        }
        input(() -> core.describe(now(), bytes));
    }

    /**
     * Leaves the group and waits until others were told, at most two probe intervals; the others are told of
     * {@link SwimEvent.Kind#LEFT}, and not of a failure. Then {@link #close()} it.
     *
     * @throws InterruptedException if interrupted while waiting; it leaves all the same
     * @throws ClosedException if this was closed before
     */
    public void leave() throws InterruptedException {
        CompletableFuture<Void> told = leaveAsync();
        scheduler.await(told);
        if (told.isCompletedExceptionally()) {
            throw closedException();
        }
    }

    /**
     * Leaves the group without waiting, as {@link #leave()} does.
     *
     * @return done when others were told; fails with {@link ClosedException} if this is closed before
     */
    public CompletableFuture<Void> leaveAsync() {
        leaves = true;
        input(() -> core.leave(now()));
        return left.copy();
    }

    /**
     * Takes part no more, without a word: to the others it has failed, unless it had {@linkplain #leave() left}. Nothing is
     * told any more but what was learnt before. Safe to repeat.
     */
    @Override
    public void close() {
        closed = true;
        datagrams.close();
        context.run(() -> {
            if (timer != null) {
                timer.cancel();
            }
        });
        Messenger.Service served = service;
        if (served != null) {
            served.close();
        }
        if (hasLeft) {
            left.complete(null);
        } else {
            left.completeExceptionally(closedException());
        }
    }

    private static ClosedException closedException() {
        return new ClosedException(Outcome.NOT_APPLIED, "the membership was closed");
    }

    private void refuseIfClosed() {
        if (closed) {
            throw closedException();
        }
    }

    private long now() {
        return ticker.nanos() - origin;
    }

    private void received(String from, byte[] datagram) {
        Optional<byte[]> message = envelope.open(datagram);
        input(() -> {
            if (message.isPresent()) {
                core.receive(now(), from, message.get());
            } else {
                rejected++;
            }
        });
    }

    private CompletableFuture<byte[]> asked(String from, byte[] request) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        enter(() -> {
            if (closed) {
                answer.completeExceptionally(closedException());
            } else if (!started) {
                answer.complete(new byte[0]);
            } else {
                settled(() -> answer(request, answer));
            }
        });
        return answer;
    }

    private void answer(byte[] request, CompletableFuture<byte[]> answer) {
        try {
            answer.complete(core.answer(now(), request));
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
            throw e;
        }
    }

    private void input(Runnable input) {
        enter(() -> {
            if (started && !closed) {
                settled(input);
            }
        });
    }

    /** Whoever waits to have left goes on outside of the context, as it may do something that takes long. */
    private void enter(Runnable task) {
        context.run(task);
        if (hasLeft) {
            left.complete(null);
        }
    }

    /** Whatever an input throws: without a timer, nothing would be done any more. */
    private void settled(Runnable input) {
        try {
            input.run();
        } finally {
            settle();
        }
    }

    /** Shows what has changed, and sets the timer for what comes next. */
    private void settle() {
        long changes = core.beliefs().changes();
        if (changes != viewed) {
            viewed = changes;
            view = MemberView.of(core.beliefs());
        }
        localHealth = core.beliefs().health.score();
        stats = core.counters.toStats(rejected);
        long due = core.due();
        if (due < timerAt) {
            if (timer != null) {
                timer.cancel();
            }
            timerAt = due;
            timer = scheduler.schedule(Duration.ofNanos(Math.max(0, due - now())), () -> input(() -> fire(due)));
        }
    }

    private void fire(long of) {
        if (of != timerAt) {
            return;
        }
        timerAt = Long.MAX_VALUE;
        long now = now();
        if (core.due() <= now) {
            core.tick(now);
        }
    }

    /** What cannot be handled is a bug; it is told where errors of threads are told, and nothing else is lost. */
    private void failed(Throwable bug) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, bug);
    }

    /** What the core wants done. */
    private final class Doing implements Effects {
        @Override
        public void send(String to, byte[] message) {
            try {
                datagrams.send(to, envelope.close(message));
                core.counters.sent++;
            } catch (IllegalArgumentException e) {
                // The address of a seed, or one that another reads otherwise: from here it cannot be reached.
                core.counters.unsendable++;
            }
        }

        @Override
        public boolean canRequest(String member) {
            return messenger != null && messenger.others().contains(member);
        }

        @Override
        public void request(String member, byte[] message, long timeoutNanos) {
            Duration timeout = Duration.ofNanos(Math.max(1, timeoutNanos));
            Async.run(() -> requireNonNull(messenger).request(member, SERVICE, message, timeout), (answer, failure) -> {
                if (answer != null) {
                    input(() -> core.answered(now(), member, answer));
                }
            });
        }

        @Override
        public void event(SwimEvent.Kind kind, Peer peer) {
            SwimEvent event = new SwimEvent(kind, peer.toMember());
            teller.tell(() -> {
                try {
                    listener.onEvent(event);
                } catch (RuntimeException | Error e) {
                    // Perhaps in the midst of the core's work, if the executor runs here.
                    failed(e);
                }
            });
        }

        @Override
        public void left() {
            hasLeft = true;
        }
    }
}
