package dev.coord.chaos.wire;

import dev.coord.Coord;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.Kv;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Txn;
import dev.coord.kv.TxnResult;
import dev.coord.lease.Lease;
import dev.coord.lease.LeaseInfo;
import dev.coord.lease.Session;
import dev.coord.raft.CoordPeer;
import dev.coord.raft.PeerStatus;
import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.ResultCodec;
import dev.coord.raft.internal.codec.ValueCodec;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.store.Command;
import dev.coord.time.Deadline;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection of the driver to the agent: commands are issued in the order in which they come. */
final class AgentConnection {
    private final CoordPeer peer;
    private static final Duration CHANGE_LIMIT = Duration.ofSeconds(30);

    private final Frames frames;
    private final Consumer<String> armed;
    private final Map<Long, Lease> leases = new ConcurrentHashMap<>();
    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
    private volatile @Nullable Coord coord;

    AgentConnection(CoordPeer peer, Frames frames, Consumer<String> armed) {
        this.peer = peer;
        this.frames = frames;
        this.armed = armed;
    }

    void serve() {
        try (frames) {
            while (true) {
                handle(frames.read());
            }
        } catch (IOException e) {
            // The driver has gone, and with it the session's use.
        } finally {
            Coord open = coord;
            if (open != null) {
                open.close();
            }
        }
    }

    private void handle(Reader in) throws IOException {
        long id = in.getNumber();
        Verb verb = Verb.of(in.getByte());
        try {
            perform(verb, id, in);
        } catch (RuntimeException e) {
            fail(id, e);
        }
    }

    private void perform(Verb verb, long id, Reader in) throws IOException {
        switch (verb) {
            case OPEN -> open(id, Duration.ofNanos(in.getNumber()));
            case TRANSACT -> answer(id, transact(in), ResultCodec::putTxn);
            case GET -> answer(id, get(in), (out, found) -> ValueCodec.putOptionalEntry(out, found.orElse(null)));
            case RANGE -> answer(id, range(in), ValueCodec::putRangeResult);
            case GRANT, GRANT_DETACHED -> grant(verb, id, Duration.ofNanos(in.getNumber()));
            case LEASE_VALIDITY -> lease(id, in.getNumber());
            case CLOSE_LEASE -> answer(id, closeLease(in.getNumber()), AgentConnection::putNothing);
            case REVOKE -> answer(id, coord().leases().revokeAsync(in.getNumber()), Writer::putBoolean);
            case END_IF_SILENT -> answer(id, coord().leases().endIfSilentAsync(in.getNumber()), Writer::putBoolean);
            case FIND -> find(id, in.getNumber());
            case VALIDITY -> validity(id, coord().session());
            case WATCH -> watch(id, in.getNumber(), Values.getSpec(in));
            case CLOSE_WATCH -> closeWatch(id, in.getNumber());
            case ECHO -> reply(id, out -> {});
            case STATUS -> reply(id, out -> putStatus(out, peer.status()));
            case USAGE -> reply(id, out -> Usage.here().put(out));
            case ARM -> arm(id, in.getText());
            case ADD_MEMBER ->
                answer(id, peer.membership().addAsync(in.getText(), CHANGE_LIMIT), AgentConnection::putNothing);
            case REMOVE_MEMBER ->
                answer(id, peer.membership().removeAsync(in.getText(), CHANGE_LIMIT), AgentConnection::putNothing);
            case MEMBERS ->
                reply(
                        id,
                        out -> out.putText(
                                String.join(",", peer.membership().current().keySet())));
            case CLOSE -> Threads.start("agent-close", () -> close(id));
        }
    }

    private Coord coord() {
        Coord open = coord;
        if (open == null) {
            throw new IllegalStateException("no session was opened");
        }
        return open;
    }

    private static void putNothing(Writer out, @Nullable Void nothing) {
        // That there is an answer says it all.
    }

    // ---- answers

    private <T> void answer(long id, CompletableFuture<? extends T> outcome, BiConsumer<Writer, ? super T> put) {
        outcome.whenComplete((value, error) -> {
            try {
                if (error != null) {
                    fail(id, error);
                } else {
                    reply(id, out -> put.accept(out, value));
                }
            } catch (IOException e) {
                // The driver has gone.
                frames.close();
            }
        });
    }

    private void reply(long id, Consumer<Writer> body) throws IOException {
        Writer out = new Writer(128);
        out.putNumber(id).putBoolean(true);
        body.accept(out);
        frames.write(out);
    }

    private void fail(long id, Throwable error) throws IOException {
        Writer out = new Writer(128);
        out.putNumber(id).putBoolean(false);
        Errors.put(out, error);
        frames.write(out);
    }

    // ---- verbs

    private void open(long id, Duration ttl) {
        CompletableFuture<Coord> opened = peer.openSessionAsync(ttl).thenApply(open -> {
            coord = open;
            return open;
        });
        answer(id, opened, (out, open) -> {
            out.putNumber(open.session().id());
            putLeft(out, open.session().validUntil());
        });
    }

    private Kv kv(Reader in) {
        return coord().kv().withTimeout(Duration.ofNanos(in.getNumber()));
    }

    private CompletableFuture<TxnResult> transact(Reader in) {
        Kv kv = kv(in);
        Command.Transact asked =
                (Command.Transact) CommandCodec.decode(in.getBytes()).get(0).command();
        Txn txn = kv.txn().when(asked.guards().toArray(Guard[]::new));
        return txn.then(asked.then().toArray(Op[]::new))
                .otherwise(asked.otherwise().toArray(Op[]::new))
                .commitAsync();
    }

    private CompletableFuture<Optional<Entry>> get(Reader in) {
        Kv kv = kv(in);
        return kv.getAsync(in.getText(), Values.getConsistency(in));
    }

    private CompletableFuture<RangeResult> range(Reader in) {
        Kv kv = kv(in);
        RangeQuery query = ValueCodec.getQuery(in);
        Consistency consistency = Values.getConsistency(in);
        return kv.rangeAsync(query, consistency);
    }

    private void grant(Verb verb, long id, Duration ttl) {
        if (verb == Verb.GRANT_DETACHED) {
            answer(id, coord().leases().grantDetachedAsync(ttl), Writer::putNumber);
            return;
        }
        CompletableFuture<Lease> granted = coord().leases().grantAsync(ttl).thenApply(lease -> {
            leases.put(lease.id(), lease);
            return lease;
        });
        answer(id, granted, (out, lease) -> {
            out.putNumber(lease.id());
            putLeft(out, lease.validUntil());
        });
    }

    private void validity(long id, Session session) throws IOException {
        reply(id, out -> {
            putLeft(out, session.validUntil());
            out.putBoolean(session.expired().isDone());
        });
    }

    private void lease(long id, long lease) throws IOException {
        Lease held = leases.get(lease);
        reply(id, out -> {
            if (held == null || held.lost().isDone()) {
                out.putNumber(0);
            } else {
                putLeft(out, held.validUntil());
            }
        });
    }

    private CompletableFuture<@Nullable Void> closeLease(long lease) {
        Lease held = leases.remove(lease);
        return held == null ? CompletableFuture.completedFuture(null) : held.closeAsync();
    }

    private static void putLeft(Writer out, Deadline until) {
        out.putNumber(Math.max(0, until.remainingNanos()));
    }

    private void find(long id, long lease) throws IOException {
        Optional<LeaseInfo> found = coord().leases().find(lease);
        reply(id, out -> {
            out.putBoolean(found.isPresent());
            found.ifPresent(info -> {
                out.putNumber(info.ttl().toNanos());
                ValueCodec.putList(out, info.keys(), Writer::putText);
            });
        });
    }

    private void watch(long id, long number, WatchSpec spec) throws IOException {
        Watch watch = coord().watch(spec, new AgentWatch(number, frames));
        watches.put(number, watch);
        reply(id, out -> out.putNumber(watch.deliveredRevision()));
    }

    private void closeWatch(long id, long number) throws IOException {
        Watch watch = watches.remove(number);
        if (watch != null) {
            watch.close();
        }
        reply(id, out -> {});
    }

    private void arm(long id, String place) throws IOException {
        armed.accept(place);
        reply(id, out -> {});
    }

    private void close(long id) {
        try {
            coord().close();
            reply(id, out -> {});
        } catch (IOException e) {
            frames.close();
        }
    }

    private static void putStatus(Writer out, PeerStatus status) {
        out.putText(status.state().name())
                .putText(status.leader().orElse(""))
                .putBoolean(status.leading())
                .putNumber(status.term())
                .putNumber(status.revision())
                .putNumber(status.appliedIndex())
                .putText(status.problem() == null ? "" : status.problem());
    }
}
