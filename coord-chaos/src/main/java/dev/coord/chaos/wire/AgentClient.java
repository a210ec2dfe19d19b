package dev.coord.chaos.wire;

import dev.coord.IndeterminateException;
import dev.coord.raft.internal.codec.Reader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver's questions to a process that are none of its Coord. Connects anew when the process was started anew. */
public final class AgentClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentClient.class);
    private static final Duration CHANGE_PATIENCE = Duration.ofSeconds(40);

    private final String name;
    private final String host;
    private final int port;
    private final DriverThreads threads;
    private @Nullable Link link;

    /**
     * Connects to nothing yet.
     *
     * @param name of the peer
     * @param host of its agent
     * @param port of its agent
     * @param threads that call back
     */
    public AgentClient(String name, String host, int port, DriverThreads threads) {
        this.name = name;
        this.host = host;
        this.port = port;
        this.threads = threads;
    }

    /**
     * How a peer is, as {@link dev.coord.raft.PeerStatus} says it.
     *
     * @param state its state
     * @param leader who leads as it knows, empty if it knows nobody
     * @param leading whether it leads itself
     * @param term the greatest term it knows
     * @param revision the revision of its replica
     * @param appliedIndex the last entry that it has applied
     * @param problem what is wrong, empty if nothing is
     */
    public record Status(
            String state, String leader, boolean leading, long term, long revision, long appliedIndex, String problem) {
        static Status get(Reader in) {
            return new Status(
                    in.getText(),
                    in.getText(),
                    in.getBoolean(),
                    in.getNumber(),
                    in.getNumber(),
                    in.getNumber(),
                    in.getText());
        }
    }

    /**
     * Asks how the peer is.
     *
     * @param patience how long to wait
     * @return its status, empty if it does not answer
     * @throws InterruptedException if interrupted
     */
    public Optional<Status> status(Duration patience) throws InterruptedException {
        return ask(Verb.STATUS, Status::get, patience);
    }

    /**
     * Asks what the process takes.
     *
     * @param patience how long to wait
     * @return its usage, empty if it does not answer
     * @throws InterruptedException if interrupted
     */
    public Optional<Usage> usage(Duration patience) throws InterruptedException {
        return ask(Verb.USAGE, Usage::get, patience);
    }

    /**
     * Has the process die where its code says so.
     *
     * @param place the name of the place
     * @throws IOException if it does not answer
     * @throws InterruptedException if interrupted
     */
    public void arm(String place) throws IOException, InterruptedException {
        try {
            RemoteCoord.await(link().ask(Verb.ARM, out -> out.putText(place), in -> true), Duration.ofSeconds(5));
        } catch (IndeterminateException e) {
            // It came to the place before it could answer; what it died of, its exit status tells.
            log.debug("{} has gone while it was armed", name, e);
        }
    }

    /**
     * Has the peer add a member.
     *
     * @param member its id and address
     * @throws IOException if that does not come about
     * @throws InterruptedException if interrupted
     */
    public void addMember(String member) throws IOException, InterruptedException {
        change(Verb.ADD_MEMBER, member);
    }

    /**
     * Has the peer remove a member.
     *
     * @param id of the member
     * @throws IOException if that does not come about
     * @throws InterruptedException if interrupted
     */
    public void removeMember(String id) throws IOException, InterruptedException {
        change(Verb.REMOVE_MEMBER, id);
    }

    private void change(Verb verb, String who) throws IOException, InterruptedException {
        try {
            RemoteCoord.await(link().ask(verb, out -> out.putText(who), in -> true), CHANGE_PATIENCE);
        } catch (RuntimeException e) {
            throw new IOException(name + " could not " + verb + " " + who + ": " + e, e);
        }
    }

    /**
     * Asks who the members are.
     *
     * @param patience how long to wait
     * @return their ids, empty if it does not answer
     * @throws InterruptedException if interrupted
     */
    public List<String> members(Duration patience) throws InterruptedException {
        return ask(Verb.MEMBERS, Reader::getText, patience)
                .map(ids -> List.of(ids.split(",")))
                .orElse(List.of());
    }

    private <T> Optional<T> ask(Verb verb, Function<Reader, T> body, Duration patience) throws InterruptedException {
        try {
            CompletableFuture<T> answer = link().ask(verb, out -> {}, body);
            return Optional.of(RemoteCoord.await(answer, patience));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private synchronized Link link() throws IOException {
        Link open = link;
        if (open == null || open.broken().isDone()) {
            open = new Link(name, host, port, threads);
            link = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        if (link != null) {
            link.close();
        }
    }
}
