package dev.coord.recipes.commit.processes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.commit.CrashPoint;
import dev.coord.recipes.commit.processes.Transfers.Kind;
import dev.coord.recipes.postgres.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three processes, each with a peer and a coordinator, and two PostgreSQL servers. At each point of the protocol somebody is killed, once.
 * A participant's server by {@code kill -9} around PREPARE, COMMIT and ABORT, and the time runs from when it takes connections again. The
 * coordinator's process, by itself, around all other steps, also COMMIT_ONE_PHASE, whose resource is in that process; around TAKE and
 * SETTLE it is the process of the heir, whose predecessor has died before. Not on H2: it rolls a prepared branch back when its connection
 * breaks, so a coordinator's death would break its promise.
 */
@Timeout(300)
@EnabledOnOs(OS.LINUX)
@Isolated("its bound is one of real time")
class CommitProcessesIT {
    private static final List<String> IDS = List.of("n1", "n2", "n3");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(25);

    /** A Raft leader that died is missed after at most two election timeouts, and one more vote may be split. */
    private static final Duration FAILOVER = Duration.ofSeconds(2);

    private static final Duration BOUND = CommitNode.TTL.plus(FAILOVER).plusSeconds(2);

    @TempDir
    private Path directory;

    private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private PostgresServer from;
    private PostgresServer to;
    private Books books;
    private String members;
    private int number;

    /** What was seen at a point. */
    private record Row(CrashPoint point, String victim, String outcome, Duration after, Books.State state) {
        boolean isMixed() {
            return state.noted() == 1;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%-24s %-18s %-9s %5d ms", point, victim, outcome, after.toMillis());
        }
    }

    @BeforeEach
    void start() throws Exception {
        from = PostgresServer.startOrSkip(new PostgresServer.Options());
        to = PostgresServer.startOrSkip(new PostgresServer.Options());
        books = new Books(from, to);
        members = IDS.stream().map(id -> id + "=127.0.0.1:" + freePort()).collect(Collectors.joining(","));
        IDS.forEach(this::launch);
        for (NodeProcess node : nodes.values()) {
            node.await("ready");
            node.tell("open");
        }
    }

    private void launch(String id) {
        nodes.put(id, NodeProcess.start(id, members, directory.resolve(id), from.port(), to.port()));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        for (NodeProcess node : nodes.values()) {
            node.kill();
        }
        if (books != null) {
            books.close();
        }
        if (from != null) {
            from.close();
        }
        if (to != null) {
            to.close();
        }
    }

    private NodeProcess node(String id) {
        return requireNonNull(nodes.get(id));
    }

    private List<NodeProcess> others(NodeProcess than) {
        return nodes.values().stream().filter(node -> node != than).toList();
    }

    @Test
    void killedAtEachPoint_neverMixed_andResolvedInTime() throws Exception {
        for (CrashPoint point : CrashPoint.all()) {
            number++;
            String id = IDS.get(number % IDS.size());
            Row row = switch (point.step()) {
                case TAKE -> twice(point, id, CrashPoint.of("before-decide"), Kind.MOVE);
                case SETTLE -> twice(point, id, CrashPoint.of("after-commit-one-phase"), Kind.LAST);
                case PREPARE, COMMIT, ABORT -> serverDies(point, node(id));
                default -> coordinatorDies(point, node(id));
            };
            rows.add(row);
            System.out.println(row);
        }
        Row worst = rows.stream().max(Comparator.comparing(Row::after)).orElseThrow();
        long mixed = rows.stream().filter(Row::isMixed).count();
        assertThat(mixed).as("%s", rows).isZero();
        assertThat(rows)
                .hasSizeGreaterThanOrEqualTo(15)
                .allSatisfy(row -> assertThat(row.state())
                        .as("%s", row)
                        .isEqualTo(new Books.State(0, true, isCommitted(row.point()) ? 2 : 0, Books.total())));
        assertThat(worst.after()).as("%s", worst).isLessThan(BOUND);
        System.out.printf(
                Locale.ROOT,
                "RESULT {\"work\":\"commit-processes\",\"points\":%d,\"mixed\":%d,\"worst\":\"%s\",\"worstMillis\":%d,"
                        + "\"boundMillis\":%d}%n",
                rows.size(),
                mixed,
                worst.point(),
                worst.after().toMillis(),
                BOUND.toMillis());
    }

    private static Kind kind(CrashPoint point) {
        return switch (point.step()) {
            case CALL_ABORT, NOTE_ABORT, ABORT -> Kind.REFUSED;
            case COMMIT_ONE_PHASE, SETTLE -> Kind.LAST;
            default -> Kind.MOVE;
        };
    }

    /** Tells whether it was decided to commit before the death. */
    private static boolean isCommitted(CrashPoint point) {
        return switch (point.step()) {
            case DECIDE, COMMIT_ONE_PHASE -> !point.before();
            case CALL_COMMIT, END, COMMIT, SETTLE -> true;
            default -> false;
        };
    }

    // ---- deaths

    private Row coordinatorDies(CrashPoint point, NodeProcess victim) throws Exception {
        String transaction = begin(victim.tell("die " + point), kind(point));
        long death = victim.awaitDeath();
        launch(victim.id()); // its coordinator stays away until all is over
        Row row = awaitRest(point, "coordinator " + victim.id(), transaction, others(node(victim.id())), death);
        comeBack(victim.id());
        return row;
    }

    /** The one that takes over dies, too; meanwhile the first one's process is back, for a majority. */
    private Row twice(CrashPoint point, String firstId, CrashPoint first, Kind kind) throws Exception {
        NodeProcess one = node(firstId);
        NodeProcess heir = others(one).get(0);
        NodeProcess third = others(one).get(1);
        heir.tell("close").tell("die " + point);
        third.tell("close");
        String transaction = begin(one.tell("die " + first), kind);
        one.awaitDeath();
        launch(firstId);
        node(firstId).await("ready");
        heir.say("open");
        long death = heir.awaitDeath();
        launch(heir.id());
        third.tell("open");
        node(firstId).tell("open");
        Row row = awaitRest(point, "heir " + heir.id(), transaction, List.of(third, node(firstId)), death);
        comeBack(heir.id());
        return row;
    }

    private Row serverDies(CrashPoint point, NodeProcess caller) throws Exception {
        caller.tell("outage " + point).say("transfer " + number + " " + kind(point));
        String transaction = caller.await("began ");
        caller.await("reached " + point);
        from.crash();
        caller.tell("over");
        from.start();
        long back = System.nanoTime();
        return awaitRest(point, "server of " + caller.id(), transaction, List.copyOf(nodes.values()), back);
    }

    private String begin(NodeProcess by, Kind kind) throws InterruptedException {
        by.say("transfer " + number + " " + kind);
        return by.await("began ");
    }

    private void comeBack(String id) throws InterruptedException {
        node(id).await("ready");
        node(id).tell("open");
    }

    // ---- what comes of it

    private Row awaitRest(CrashPoint point, String victim, String transaction, List<NodeProcess> survivors, long since)
            throws InterruptedException {
        String outcome = isCommitted(point) ? "COMMITTED" : "ABORTED";
        Books.State state = books.look(number);
        while (state == null || !state.isAtRest() || !areSure(survivors, transaction, outcome)) {
            if (System.nanoTime() - since > LIMIT.toNanos()) {
                throw new AssertionError(point + " has not become " + outcome + ": " + state + "; "
                        + survivors.stream().map(NodeProcess::all).toList());
            }
            survivors.get(0).idle(MOMENT);
            state = books.look(number);
        }
        Duration after = Duration.ofNanos(System.nanoTime() - since);
        return new Row(point, victim, outcome, after, state);
    }

    /** Whether all know the outcome, by a linearizable read, and none has a record left. */
    private static boolean areSure(List<NodeProcess> survivors, String transaction, String outcome)
            throws InterruptedException {
        for (NodeProcess survivor : survivors) {
            survivor.say("status " + transaction);
            boolean sure = survivor.await("status ").equals(outcome);
            survivor.say("backlog now");
            if (!survivor.await("backlog now").equals("0") || !sure) {
                return false;
            }
        }
        return true;
    }
}
