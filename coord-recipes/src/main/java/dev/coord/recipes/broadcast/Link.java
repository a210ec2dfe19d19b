package dev.coord.recipes.broadcast;

import dev.coord.ClosedException;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.LimitExceededException;
import dev.coord.net.Messenger;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.SerialContext;
import dev.coord.recipes.internal.WireReader;
import dev.coord.time.Scheduler.Timer;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This process's place in a group: a {@link Channel} to each other member, and the context in which everything happens. Tells
 * apart the processes of a member; what a restart means is the protocol's to say.
 */
final class Link {
    private final BroadcastGroup group;
    private final String service;
    private final Protocol protocol;
    private final Life life;
    private final SerialContext context = new SerialContext(this::fail);
    private final SortedMap<String, Channel> channels = new TreeMap<>();

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Messenger.@Nullable Service registration;
    private @Nullable CoordException cause;

    /** Whether it has ended for all members. */
    private boolean isOver;

    /** Whom this waits for, after each task. */
    private volatile Set<String> blockedBy = Set.of();

    Link(BroadcastGroup group, String kind, Protocol protocol) {
        this.group = group;
        this.protocol = protocol;
        service = kind + ":" + group.name();
        life = new Life(group.coord().session().id(), group.coord().ticker().nanos());
        group.others().forEach(peer -> channels.put(peer, new Channel(this, peer)));
    }

    /** Begins to send and to receive; called when the protocol is ready. */
    void open() {
        registration = group.messenger().serve(service, this::handle);
        run(() -> channels.values().forEach(this::begin));
    }

    void begin(Channel channel) {
        if (cause == null) {
            channel.send(protocol.first(), () -> {});
        }
    }

    String self() {
        return group.messenger().self();
    }

    Life life() {
        return life;
    }

    Set<String> others() {
        return group.others();
    }

    /** The process of each member, as far as it was heard of. */
    Frontier processes() {
        Frontier processes = new Frontier();
        processes.raise(self(), new Point(life, 0));
        channels.forEach((peer, channel) -> processes.raise(peer, new Point(channel.life(), 0)));
        return processes;
    }

    /** Whether each member was heard of. */
    boolean knowsAll() {
        return channels.values().stream().noneMatch(channel -> channel.life().equals(Life.UNKNOWN));
    }

    // ---- the context

    /** Runs a task in the context, unless this has ended. */
    void run(Runnable task) {
        run(task, ended -> {});
    }

    /** Runs a task in the context, or the other with the cause if this has ended. */
    void run(Runnable task, Consumer<CoordException> otherwise) {
        context.run(() -> {
            if (cause != null) {
                otherwise.accept(cause);
                return;
            }
            task.run();
            blockedBy = cause == null ? awaited() : Set.of();
        });
    }

    /** Runs a task when it is time to try again, or after some such times. */
    Timer later(int times, Runnable task) {
        return group.coord().scheduler().schedule(group.retryEvery().multipliedBy(times), () -> run(task));
    }

    /** Completes a future where its dependents may block. */
    void callBack(Runnable task) {
        Async.callBack(group.coord(), task);
    }

    // ---- sending

    /** Throws if a member has left too much unanswered; if not, each can be sent a message. */
    void checkRoom() {
        channels.forEach((peer, channel) -> {
            if (channel.size() >= group.maxUnacknowledged()) {
                throw tooMuch("are not answered by " + peer);
            }
        });
    }

    LimitExceededException tooMuch(String what) {
        return new LimitExceededException(group.maxUnacknowledged() + " messages of " + this + " " + what
                + ": send more when some are; it waits for " + blockedBy);
    }

    void send(String peer, byte[] body) {
        channel(peer).send(body, () -> {});
    }

    void sendAll(byte[] body, Runnable whenOneReceived) {
        channels.values().forEach(channel -> channel.send(body, whenOneReceived));
    }

    CompletableFuture<byte[]> request(String peer, byte[] parcel) {
        return group.messenger().request(peer, service, parcel, group.answerWithin());
    }

    private Channel channel(String peer) {
        Channel channel = channels.get(peer);
        if (channel == null) {
            throw new IllegalArgumentException(
                    peer + " is no member of " + this + ": name the same members everywhere");
        }
        return channel;
    }

    // ---- receiving

    private CompletableFuture<byte[]> handle(String from, byte[] payload) {
        Channel channel = channel(from);
        Parcel parcel = Parcel.decode(payload);
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        run(() -> answer(channel, parcel, answer), ended -> farewell(answer, ended));
        return answer;
    }

    private void answer(Channel channel, Parcel parcel, CompletableFuture<byte[]> answer) {
        try {
            Receipt receipt = channel.arrive(parcel);
            if (cause == null) {
                answer.complete(receipt.encode());
            } else {
                farewell(answer, cause);
            }
        } catch (RuntimeException e) {
            // What cannot be read or taken is the sender's concern: it is told, and everything goes on here.
            answer.completeExceptionally(e);
        }
    }

    /** That a group is over is told to all; that only this process is out of it, concerns nobody else. */
    private void farewell(CompletableFuture<byte[]> answer, CoordException ended) {
        if (isOver && ended instanceof MemberRestartedException restarted) {
            answer.complete(new Receipt(Receipt.Status.OVER, life, 0, restarted.member()).encode());
        } else {
            answer.completeExceptionally(ended);
        }
    }

    boolean take(String from, byte[] body) {
        return cause == null && protocol.take(from, new WireReader(body));
    }

    void met() {
        protocol.met();
    }

    void restarted(String peer) {
        protocol.restarted(peer);
    }

    // ---- waiting and ending

    private Set<String> awaited() {
        Set<String> awaited = new TreeSet<>(protocol.awaited());
        channels.forEach((peer, channel) -> {
            if (channel.size() > 0) {
                awaited.add(peer);
            }
        });
        return awaited.equals(blockedBy) ? blockedBy : Collections.unmodifiableSet(awaited);
    }

    Set<String> blockedBy() {
        return blockedBy;
    }

    /** A member that restarted makes what this is for impossible. */
    void over(String member) {
        isOver |= cause == null;
        end(new MemberRestartedException(Outcome.UNKNOWN, toString(), member));
    }

    /** A later process of this member was heard of. */
    void replaced() {
        end(new MemberRestartedException(Outcome.UNKNOWN, toString(), self()));
    }

    void close() {
        context.run(() -> {
            end(new ClosedException(Outcome.UNKNOWN, this + " is closed at " + self()));
            isOver = false;
        });
        // Not in the context, where another thread may be at work for a while: the name is free when this returns.
        Messenger.Service open = registration;
        if (open != null) {
            open.close();
        }
    }

    private void fail(RuntimeException e) {
        end(new ClosedException(Outcome.UNKNOWN, this + " has failed: " + e));
    }

    /** What is told to those who come after the end. */
    CoordException refusal(CoordException why) {
        return why instanceof MemberRestartedException restarted
                ? new MemberRestartedException(Outcome.NOT_APPLIED, toString(), restarted.member())
                : new ClosedException(Outcome.NOT_APPLIED, String.valueOf(why.getMessage()));
    }

    CompletableFuture<Void> ended() {
        return ended;
    }

    private void end(CoordException why) {
        if (cause != null) {
            return;
        }
        cause = why;
        blockedBy = Set.of();
        channels.values().forEach(Channel::close);
        protocol.ended(why);
        callBack(() -> {
            if (why instanceof MemberRestartedException) {
                ended.completeExceptionally(why);
            } else {
                ended.complete(null);
            }
        });
    }

    @Override
    public String toString() {
        return "the group " + service;
    }
}
