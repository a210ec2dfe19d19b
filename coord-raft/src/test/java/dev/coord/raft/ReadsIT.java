package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.UnavailableException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Value;
import dev.coord.raft.Traffic.Cut;
import dev.coord.raft.internal.client.Elections;
import dev.coord.raft.internal.client.RaftStatus;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The case in which Ratis's own read index answers with an old value: a Raft leader is cut off, another is elected and
 * commits, and the old one, which still believes that it leads, is asked.
 *
 * <p>Elections are called, not waited for, so that the old leader stays ignorant for most of a round; and the next round
 * begins with the new leader at once, while the last island is still coming back.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadsIT {
    private static final int ROUNDS = 200;
    private static final List<Cut> CUTS =
            List.of(Cut.BOTH_WAYS, Cut.RECEIVES_LOST, Cut.RAFT_ONLY, Cut.BOTH_WAYS, Cut.SENDS_LOST);
    private static final String KEY = "/round";
    private static final Duration SHORT = Duration.ofMillis(160);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Traffic traffic = new Traffic();
    private final List<Read> pending = new ArrayList<>();
    private final Map<Cut, Figures> figures = new EnumMap<>(Cut.class);
    private LocalCluster cluster;

    /** A read under way, and the least round it may answer with. */
    private record Read(String peer, int atLeast, CompletableFuture<Optional<Entry>> answer) {}

    private static final class Figures {
        int rounds;
        int leadingWhenAsked;
        int leadingAndOld;
        int companionOld;
        int refused;
        int confirmationsTried;

        @Override
        public String toString() {
            return "rounds " + rounds + ", ex-leader still leading when asked " + leadingWhenAsked
                    + " (with the old value in its memory " + leadingAndOld
                    + "), follower beside it with the old value "
                    + companionOld + ", tried to confirm while reads were refused " + confirmationsTried
                    + ", reads refused " + refused;
        }
    }

    @BeforeAll
    void start() throws Exception {
        cluster = LocalCluster.builder()
                .peers(5)
                .electionTimeout(Duration.ofMillis(150))
                .start();
        cluster.memory().dropIf(traffic);
        for (String id : ids()) {
            cluster.coord(id);
        }
        cluster.coord("n1").kv().put(KEY, "0");
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void exLeader_isolatedAndUnaware_neverAnswersWithAnOldValue() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            round(round, CUTS.get(round % CUTS.size()));
        }
        int answered = 0;
        for (Read read : pending) {
            answered += check(read) ? 1 : 0;
        }
        System.out.println(
                "ReadsIT: of " + pending.size() + " reads that stayed pending " + answered + " were answered");
        figures.forEach((cut, figure) -> System.out.println("ReadsIT " + cut + ": " + figure));
        int unaware = figures.values().stream()
                .mapToInt(figure -> figure.leadingAndOld)
                .sum();
        int companions = figures.values().stream()
                .mapToInt(figure -> figure.companionOld)
                .sum();
        int tried = figures.values().stream()
                .mapToInt(figure -> figure.confirmationsTried)
                .sum();
        assertThat(unaware)
                .as("rounds in which a local read would have been stale")
                .isGreaterThan(ROUNDS / 2);
        assertThat(companions)
                .as("in which the follower beside it would have been")
                .isGreaterThan(ROUNDS / 5);
        assertThat(tried).as("in which it tried to confirm that it leads").isGreaterThan(ROUNDS / 5);
        assertThat(answered).as("answered once healed").isGreaterThan(pending.size() / 2);
    }

    private void round(int round, Cut cut) throws Exception {
        String leader = readyLeader(round - 1);
        String companion = companions(leader, round - 1).get(0);
        long term = status(leader).term();
        traffic.lose(cut.around(Set.of(leader, companion)));
        boolean stayPending = round % 8 < 4;
        if (round % 16 < 8) {
            // On their way while leadership changes: these may answer with either value.
            ask(leader, round - 1, LONG, pending);
            ask(companion, round - 1, LONG, pending);
        }
        commitWithNewLeader(round, Set.of(leader, companion), term);
        askTheIsland(round, cut, leader, companion, term, stayPending);
        traffic.loseNothing();
    }

    private void askTheIsland(int round, Cut cut, String leader, String companion, long term, boolean stayPending)
            throws Exception {
        List<Read> reads = stayPending ? pending : new ArrayList<>();
        Duration timeout = stayPending ? LONG : SHORT;
        boolean companionFirst = round % 32 < 16;
        boolean oldHere = !holds(leader, round);
        boolean oldBeside = !holds(companion, round);
        long asked = traffic.passed(companion, MessageKind.READ_INDEX);
        long tried = confirmations(leader);
        if (companionFirst) {
            ask(companion, round, timeout, reads);
        }
        boolean leadingBefore = leads(leader, term);
        ask(leader, round, timeout, reads);
        boolean leadingAfter = leads(leader, term);
        if (!companionFirst) {
            ask(companion, round, timeout, reads);
        }
        Figures figure = figures.computeIfAbsent(cut, key -> new Figures());
        figure.rounds++;
        figure.leadingWhenAsked += leadingBefore && leadingAfter ? 1 : 0;
        figure.leadingAndOld += leadingBefore && leadingAfter && oldHere ? 1 : 0;
        if (!stayPending) {
            for (Read read : reads) {
                figure.refused += check(read) ? 0 : 1;
            }
            figure.confirmationsTried += confirmations(leader) > tried ? 1 : 0;
            figure.companionOld += oldBeside && traffic.passed(companion, MessageKind.READ_INDEX) > asked ? 1 : 0;
        }
    }

    private long confirmations(String leader) {
        return traffic.passed(leader, MessageKind.CONFIRM_TERM) + traffic.lost(leader, MessageKind.CONFIRM_TERM);
    }

    private void commitWithNewLeader(int round, Set<String> island, long oldTerm) throws Exception {
        List<String> majority =
                ids().stream().filter(id -> !island.contains(id)).toList();
        String candidate = majority.stream()
                .max(Comparator.comparingLong(id -> cluster.peer(id).status().appliedIndex()))
                .orElseThrow();
        CompletableFuture<Long> write =
                cluster.coord(candidate).kv().withTimeout(LONG).putAsync(KEY, Value.of(String.valueOf(round)));
        Elections.call(cluster.peer(candidate).core());
        write.get();
        assertThat(majority)
                .as("a new leader in the majority")
                .anyMatch(id -> status(id).leading() && status(id).term() > oldTerm);
    }

    private void ask(String id, int atLeast, Duration timeout, List<Read> reads) throws InterruptedException {
        reads.add(new Read(
                id, atLeast, cluster.coord(id).kv().withTimeout(timeout).getAsync(KEY, Consistency.linearizable())));
    }

    /** Whether it was answered, and rightly; otherwise it was refused. */
    private boolean check(Read read) throws Exception {
        try {
            int value = Integer.parseInt(read.answer().get().orElseThrow().text());
            assertThat(value)
                    .as("read at %s after round %s", read.peer(), read.atLeast())
                    .isGreaterThanOrEqualTo(read.atLeast());
            return true;
        } catch (ExecutionException e) {
            assertThat(e.getCause())
                    .as("read at %s after round %s", read.peer(), read.atLeast())
                    .isInstanceOf(UnavailableException.class);
            return false;
        }
    }

    private String readyLeader(int round) {
        Eventually.until(
                Duration.ofSeconds(10),
                () -> "a ready leader with followers: "
                        + ids().stream().map(this::status).toList(),
                () -> ids().stream().anyMatch(id -> isAccepted(id, round)));
        return ids().stream().filter(id -> isAccepted(id, round)).findFirst().orElseThrow();
    }

    /** It leads, and two others know and are up to date: one to be cut off with it, one to be elected. */
    private boolean isAccepted(String id, int round) {
        return status(id).ready() && companions(id, round).size() >= 2;
    }

    private List<String> companions(String leader, int round) {
        return ids().stream()
                .filter(id -> !id.equals(leader))
                .filter(id -> leader.equals(status(id).leader())
                        && status(id).term() == status(leader).term())
                .filter(id -> holds(id, round))
                .toList();
    }

    private boolean leads(String id, long term) {
        RaftStatus status = status(id);
        return status.leading() && status.term() == term;
    }

    private boolean holds(String id, int round) {
        Entry entry = cluster.peer(id).core().view().get(KEY);
        return entry != null && Integer.parseInt(entry.text()) >= round;
    }

    private RaftStatus status(String id) {
        return cluster.peer(id).core().status();
    }

    private List<String> ids() {
        return cluster.ids();
    }
}
