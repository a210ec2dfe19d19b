package dev.coord.recipes.detector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.coord.recipes.detector.Members.Member;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeartbeatServiceTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final byte[] NEW_KEY = "another key, for the time after".getBytes(UTF_8);

    private final TestNet net = new TestNet(1);

    private static Duration seconds(long count) {
        return Duration.ofSeconds(count);
    }

    @Test
    void start_trustsWithinTwoIntervals() {
        Members members = new Members(net, "a", "b", "c").startAll();
        assertThat(members.service("a").isSuspected("b")).isTrue();
        net.advance(Duration.ofMillis(2_010));
        for (String id : List.of("a", "b", "c")) {
            assertThat(members.service(id).statuses())
                    .hasSize(2)
                    .allMatch(status -> status.heard() && !status.suspected() && status.incarnation() == 1);
        }
        assertThat(members.told("a")).containsExactlyInAnyOrder("trusted b#1", "trusted c#1");
    }

    @Test
    void running_sendsOneDatagramPerNeighbourAndInterval() {
        Members members = new Members(net, "a", "b", "c").startAll();
        net.advance(Duration.ofMillis(100_500));
        HeartbeatCounters counters = members.service("a").counters();
        assertThat(counters.sent()).isEqualTo(2 * 101);
        assertThat(counters.accepted() + counters.refused(Refusal.UNPROVEN)).isEqualTo(2 * 101);
        assertThat(counters.refused(Refusal.UNPROVEN)).isLessThanOrEqualTo(4);
        assertThat(counters.pauses()).isZero();
        assertThat(members.service("a").status("b").orElseThrow().silence()).isLessThan(SECOND);
    }

    @Test
    void neverHeard_isSuspectedAndNobodyIsTold() {
        Members members = new Members(net, "a", "b");
        Member a = members.start("a", 1);
        net.advance(seconds(60));
        assertThat(a.service().isSuspected("b")).isTrue();
        assertThat(a.service().suspicion("b")).isInfinite();
        NeighbourStatus status = a.service().status("b").orElseThrow();
        assertThat(status.heard()).isFalse();
        assertThat(status.incarnation()).isZero();
        assertThat(status.silence()).isZero();
        assertThat(a.told()).isEmpty();
    }

    @Test
    void crash_isSuspectedWithinTheBoundOfTheDefault() {
        Members members = new Members(net, "a", "b").startAll();
        net.advance(seconds(300));
        members.get("b").process().kill();
        net.advance(Duration.ofMillis(3_500));
        assertThat(members.service("a").isSuspected("b")).isFalse();
        assertThat(members.service("a").suspicion("b")).isPositive();
        net.advance(Duration.ofMillis(1_400));
        assertThat(members.service("a").isSuspected("b")).isTrue();
        assertThat(members.told("a")).containsExactly("trusted b#1", "suspected b#1");
    }

    @Test
    void metrics_tellWhatTheServiceTells() {
        Members members = new Members(net, "a", "b").startAll();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new HeartbeatMetrics(members.service("a")).bindTo(registry);
        net.advance(seconds(100));
        assertThat(registry.get("coord.heartbeats.suspected")
                        .tag("neighbour", "b")
                        .gauge()
                        .value())
                .isZero();
        assertThat(registry.get("coord.heartbeats.detection.time").timeGauge().value(TimeUnit.SECONDS))
                .isNaN();
        assertThat(registry.get("coord.heartbeats.silence").timeGauge().value(TimeUnit.SECONDS))
                .isLessThan(2);
        members.get("b").process().kill();
        net.advance(seconds(20));
        HeartbeatService service = members.service("a");
        assertThat(registry.get("coord.heartbeats.suspected")
                        .tag("neighbour", "b")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(registry.get("coord.heartbeats.suspicion")
                        .tag("member", "a")
                        .gauge()
                        .value())
                .isEqualTo(service.suspicion("b"));
        assertThat(registry.get("coord.heartbeats.sent").functionCounter().count())
                .isEqualTo(service.counters().sent())
                .isGreaterThan(100);
        assertThat(registry.get("coord.heartbeats.query.accuracy").gauge().value())
                .isEqualTo(1);
        assertThat(registry.get("coord.heartbeats.mistakes").functionCounter().count())
                .isZero();
        assertThat(registry.get("coord.heartbeats.refused")
                        .tag("reason", "FORGED")
                        .functionCounter()
                        .count())
                .isZero();
        net.inject("at-a", new byte[3]);
        assertThat(registry.get("coord.heartbeats.refused").functionCounters().stream()
                        .mapToDouble(FunctionCounter::count)
                        .sum())
                .isPositive();

        service.members(Map.of());
        assertThat(registry.get("coord.heartbeats.suspicion").gauge().value()).isNaN();
    }

    @Test
    void mistake_isTakenBackAndCounted() {
        Members members = new Members(net, "a", "b").startAll();
        net.advance(seconds(60));
        net.lost = sent -> true;
        net.advance(seconds(8));
        net.lost = sent -> false;
        net.advance(seconds(10));
        assertThat(members.told("a")).containsExactly("trusted b#1", "suspected b#1", "trusted b#1");
        QualityReport quality = members.service("a").status("b").orElseThrow().quality();
        assertThat(quality.mistakes()).isEqualTo(1);
        assertThat(quality.mistakeDuration().max()).isBetween(seconds(3), seconds(5));
        assertThat(quality.detectionTime().count()).isZero();
    }

    @Test
    void restart_endsTheOldLifeAndItsDatagramsAreIgnored() {
        Members members = new Members(net, "a", "b").startAll();
        net.tape = new ArrayList<>();
        net.advance(seconds(60));
        List<TestNet.Sent> old = List.copyOf(net.tape);
        members.start("b", 7);
        net.advance(seconds(3));
        assertThat(members.told("a")).containsExactly("trusted b#1", "suspected b#1", "trusted b#7");
        long accepted = members.service("a").counters().accepted();
        old.stream().filter(sent -> sent.to().equals("at-a")).forEach(sent -> net.inject("at-a", sent.payload()));
        HeartbeatCounters counters = members.service("a").counters();
        assertThat(counters.refused(Refusal.OLD_INCARNATION)).isEqualTo(60);
        assertThat(counters.accepted()).isEqualTo(accepted);
        QualityReport quality = members.service("a").status("b").orElseThrow().quality();
        assertThat(quality.mistakes()).isZero();
        assertThat(quality.detectionTime().count()).isEqualTo(1);
        assertThat(quality.detectionTime().max()).isLessThan(seconds(2));
    }

    @Test
    void restartAfterASuspicion_countsItAsADetection() {
        Members members = new Members(net, "a", "b").startAll();
        net.advance(seconds(60));
        members.get("b").process().kill();
        net.advance(seconds(60));
        members.start("b", 2);
        net.advance(seconds(3));
        assertThat(members.told("a")).containsExactly("trusted b#1", "suspected b#1", "trusted b#2");
        QualityReport quality = members.service("a").status("b").orElseThrow().quality();
        assertThat(quality.mistakes()).isZero();
        assertThat(quality.detectionTime().max()).isBetween(seconds(4), seconds(6));
    }

    @Test
    void replayToARestartedReceiver_keepsNobodyAlive() {
        Members members = new Members(net, "a", "b").startAll();
        net.tape = new ArrayList<>();
        net.advance(seconds(60));
        List<TestNet.Sent> recorded =
                net.tape.stream().filter(sent -> sent.to().equals("at-a")).toList();
        members.get("b").process().kill();
        members.start("a", 2);
        for (TestNet.Sent sent : recorded) {
            net.inject("at-a", sent.payload());
            net.advance(SECOND);
            assertThat(members.service("a").isSuspected("b")).isTrue();
        }
        assertThat(members.service("a").counters().refused(Refusal.UNPROVEN)).isEqualTo(recorded.size());
        assertThat(members.told("a")).isEmpty();
    }

    @Test
    void heartbeatsHeldBack_keepTheDeadAliveForTenIntervalsAtMost() {
        Members members = new Members(net, "a", "b")
                .with(builder -> builder.detector(DetectorConfig.deadline(seconds(4))))
                .startAll();
        net.advance(seconds(30));
        ArrayDeque<byte[]> held = new ArrayDeque<>();
        net.lost = sent -> sent.to().equals("at-a") && held.add(sent.payload());
        for (int i = 0; i < 2; i++) {
            releaseOldestAsLateAsItHelps(members, held);
        }
        members.get("b").process().kill();
        long killed = net.now();
        assertThat(held).hasSizeGreaterThan(5);
        while (!members.service("a").isSuspected("b")) {
            releaseOldestAsLateAsItHelps(members, held);
        }
        assertThat(held).isNotEmpty();
        assertThat(Duration.ofNanos(net.now() - killed)).isBetween(seconds(5), seconds(14));
        net.advance(SECOND);
        assertThat(members.told("a")).containsExactly("trusted b#1", "suspected b#1");
    }

    @Test
    void echoOfTheLastTen_counts_andOfTheOneBeforeDoesNot() {
        assertThat(refusedAfterSending(9)).isZero();
        assertThat(refusedAfterSending(10)).isEqualTo(1);
    }

    /** Whether a heartbeat is refused that echoes the one before so many others were sent. */
    private static long refusedAfterSending(int others) {
        TestNet net = new TestNet(1);
        Members members = new Members(net, "a", "b");
        members.start("a", 1);
        net.advance(SECOND.dividedBy(2));
        members.start("b", 1);
        net.advance(seconds(10));
        List<byte[]> held = new ArrayList<>();
        int[] sent = new int[1];
        net.lost = each -> {
            if (each.to().equals("at-a")) {
                return held.add(each.payload());
            }
            sent[0] += held.isEmpty() ? 0 : 1;
            return false;
        };
        while (sent[0] < others) {
            net.advance(Duration.ofMillis(100));
        }
        long before = members.service("a").counters().refused(Refusal.UNPROVEN);
        net.inject("at-a", held.get(0));
        net.advance(Duration.ofMillis(10));
        return members.service("a").counters().refused(Refusal.UNPROVEN) - before;
    }

    private void releaseOldestAsLateAsItHelps(Members members, ArrayDeque<byte[]> held) {
        if (!held.isEmpty()) {
            net.inject("at-a", held.remove());
        }
        for (int i = 0; i < 39 && !members.service("a").isSuspected("b"); i++) {
            net.advance(Duration.ofMillis(100));
        }
    }

    @Test
    void suspicionBetweenTwoLooks_isToldAndCountedAsWhoAsksHasSeenIt() {
        Members members = new Members(net, "a", "b")
                .with(builder -> builder.detector(DetectorConfig.deadline(Duration.ofMillis(1_100))))
                .startAll();
        net.advance(Duration.ofMillis(10_900));
        net.delay = () -> 160 * TestNet.MILLI;
        net.advance(Duration.ofMillis(220));
        assertThat(members.service("a").isSuspected("b")).isTrue();
        net.delay = () -> TestNet.MILLI;
        net.advance(Duration.ofMillis(80));
        assertThat(members.service("a").isSuspected("b")).isFalse();
        assertThat(members.told("a")).containsExactly("trusted b#1", "suspected b#1", "trusted b#1");
        assertThat(members.service("a").status("b").orElseThrow().quality().mistakes())
                .isEqualTo(1);
    }

    @Test
    void datagramForSomebodyElse_isForged() {
        Members members = new Members(net, "a", "b", "c").startAll();
        net.tape = new ArrayList<>();
        net.advance(seconds(10));
        List<TestNet.Sent> forC = net.tape.stream()
                .filter(sent -> sent.to().equals("at-c") && sent.from().equals("at-b"))
                .toList();
        forC.forEach(sent -> net.inject("at-a", sent.payload()));
        assertThat(forC).isNotEmpty();
        assertThat(members.service("a").counters().refused(Refusal.FORGED)).isEqualTo(forC.size());
    }

    @Test
    void ownDatagramsReflected_areNotANeighbours() {
        Members members = new Members(net, "a", "b").startAll();
        net.tape = new ArrayList<>();
        net.advance(seconds(10));
        net.tape.stream()
                .filter(sent -> sent.from().equals("at-a"))
                .forEach(sent -> net.inject("at-a", sent.payload()));
        assertThat(members.service("a").counters().refused(Refusal.NOT_A_NEIGHBOUR))
                .isEqualTo(10);
    }

    @Test
    void otherClusterOrOtherKey_isForged() {
        Members members = new Members(net, "a", "b", "c");
        members.start("a", 1);
        members.start("b", 1, builder -> builder.cluster("elsewhere", List.of(Members.KEY)));
        members.start("c", 1, builder -> builder.cluster("test", List.of(NEW_KEY)));
        net.advance(Duration.ofMillis(9_500));
        assertThat(members.service("a").counters().refused(Refusal.FORGED)).isEqualTo(20);
        assertThat(members.service("a").isSuspected("b")).isTrue();
        assertThat(members.service("a").isSuspected("c")).isTrue();
    }

    @Test
    void keyRotation_goesOnWithoutAGap() {
        Members members = new Members(net, "a", "b");
        members.start("a", 1, builder -> builder.cluster("test", List.of(Members.KEY, NEW_KEY)));
        members.start("b", 1, builder -> builder.cluster("test", List.of(NEW_KEY, Members.KEY)));
        net.advance(seconds(3));
        assertThat(members.service("a").isSuspected("b")).isFalse();
        assertThat(members.service("b").isSuspected("a")).isFalse();
    }

    @Test
    void pauseOfThisProcess_accusesNobody() {
        Members members = new Members(net, "a", "b", "c").startAll();
        net.advance(seconds(60));
        members.get("a").process().pause(seconds(47));
        net.advance(seconds(80));
        assertThat(members.told("a")).containsExactly("trusted b#1", "trusted c#1", "paused 46");
        assertThat(members.service("a").statuses()).noneMatch(NeighbourStatus::suspected);
        assertThat(members.service("a").counters().pauses()).isEqualTo(1);
        assertThat(members.service("a").counters().paused()).isBetween(seconds(46), seconds(47));
        assertThat(members.told("b")).containsExactly("trusted a#1", "trusted c#1", "suspected a#1", "trusted a#1");
        assertThat(members.service("a").status("b").orElseThrow().quality().mistakes())
                .isZero();
    }

    @Test
    void questionWhileTheTimersStandStill_accusesNobody() {
        Members members = new Members(net, "a", "b").startAll();
        net.advance(seconds(60));
        members.get("a").process().pause(seconds(1_000));
        net.advance(seconds(900));
        assertThat(members.service("a").isSuspected("b")).isFalse();
        assertThat(members.service("a").status("b").orElseThrow().silence()).isLessThan(seconds(2));
    }

    @Test
    void pauseWithATightDeadline_accusesNobody() {
        Members members = new Members(net, "a", "b")
                .with(builder -> builder.detector(DetectorConfig.deadline(Duration.ofMillis(1_600))))
                .startAll();
        net.advance(seconds(10));
        for (int i = 0; i < 20; i++) {
            members.get("a").process().pause(Duration.ofMillis(5_037));
            net.advance(Duration.ofMillis(9_100));
        }
        assertThat(members.told("a")).doesNotContain("suspected b#1").contains("paused 4");
    }

    @Test
    void neighbourThatCannotHearUs_isSuspected() {
        Members members = new Members(net, "a", "b").startAll();
        net.advance(seconds(30));
        net.lost = sent -> sent.from().equals("at-a");
        net.advance(seconds(20));
        assertThat(members.service("a").isSuspected("b")).isTrue();
        assertThat(members.service("b").isSuspected("a")).isTrue();
    }

    @Test
    void shortCutOfOneDirection_accusesOnlyWhoIsSilent() {
        Members members = new Members(net, "a", "b").startAll();
        net.advance(seconds(30));
        net.lost = sent -> sent.from().equals("at-a");
        net.advance(seconds(8));
        net.lost = sent -> false;
        net.advance(seconds(8));
        assertThat(members.told("a")).containsExactly("trusted b#1");
        assertThat(members.told("b")).containsExactly("trusted a#1", "suspected a#1", "trusted a#1");
    }

    @Test
    void membersChange_takesEffectAtRunTime() {
        Members members = new Members(net, "a", "b", "c").startAll();
        net.advance(seconds(10));
        HeartbeatService a = members.service("a");
        a.members(Map.of("a", "at-a", "b", "at-b"));
        assertThat(a.status("c")).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> a.isSuspected("c"))
                .withMessage("'c' is not a neighbour of 'a'; these are: [b]");
        long refused = a.counters().refused(Refusal.NOT_A_NEIGHBOUR);
        net.advance(seconds(5));
        assertThat(a.counters().refused(Refusal.NOT_A_NEIGHBOUR)).isEqualTo(refused + 5);
        assertThat(a.status("b").orElseThrow().heard()).isTrue();

        a.members(members.addresses);
        assertThat(a.isSuspected("c")).isTrue();
        net.advance(seconds(3));
        assertThat(a.isSuspected("c")).isFalse();
    }

    @Test
    void replayAfterANeighbourCameBack_provesNothing() {
        Members members = new Members(net, "a", "b").startAll();
        net.tape = new ArrayList<>();
        net.advance(seconds(10));
        List<TestNet.Sent> recorded =
                net.tape.stream().filter(sent -> sent.to().equals("at-a")).toList();
        members.get("b").process().kill();
        members.service("a").members(Map.of());
        members.service("a").members(members.addresses);
        recorded.forEach(sent -> net.inject("at-a", sent.payload()));
        assertThat(members.service("a").isSuspected("b")).isTrue();
    }

    @Test
    void newAddress_keepsWhatIsKnown() {
        Members members = new Members(net, "a", "b").startAll();
        net.advance(seconds(10));
        net.tape = new ArrayList<>();
        members.service("a").members(Map.of("b", "elsewhere"));
        net.advance(seconds(2));
        assertThat(members.service("a").status("b").orElseThrow().heard()).isTrue();
        assertThat(members.service("a").status("b").orElseThrow().address()).isEqualTo("elsewhere");
        assertThat(net.tape)
                .filteredOn(sent -> sent.from().equals("at-a"))
                .allMatch(sent -> sent.to().equals("elsewhere"));
    }

    @Test
    void addressThatCannotBeRead_hurtsNobodyElse() {
        Members members = new Members(net, "a", "b");
        members.addresses.put("aa", "bad address");
        members.start("a", 1);
        members.start("b", 1);
        net.advance(seconds(10));
        assertThat(members.service("a").isSuspected("b")).isFalse();
        assertThat(members.service("a").counters().unsendable()).isEqualTo(11);
        assertThat(members.service("a").counters().sent()).isEqualTo(11);
    }

    @Test
    void executorThatRefuses_makesNoDifference() {
        Members members = new Members(net, "a", "b");
        List<String> told = new ArrayList<>();
        members.start(
                "a",
                1,
                builder -> builder.listener(new Members.Recorder(told), call -> {
                    throw new RejectedExecutionException("shut down");
                }));
        members.start("b", 1);
        net.advance(seconds(3));
        members.get("b").process().kill();
        net.advance(seconds(10));
        assertThat(told).containsExactly("trusted b#1", "suspected b#1");
    }

    @Test
    void ring_exchangesWithNeighboursOnly() {
        Members members = new Members(net, "a", "b", "c", "d", "e", "f", "g")
                .with(builder -> builder.topology(Topology.ring(1)))
                .startAll();
        net.advance(Duration.ofMillis(10_500));
        assertThat(members.service("a").statuses())
                .extracting(NeighbourStatus::id)
                .containsExactly("b", "g");
        assertThat(members.service("a").counters().sent()).isEqualTo(22);
        assertThat(members.service("a").statuses()).noneMatch(NeighbourStatus::suspected);
    }

    @Test
    void observedArrivals_feedTheTuner() {
        net.delay = () -> 5 * TestNet.MILLI + (long) (net.random.nextDouble() * 10 * TestNet.MILLI);
        net.loss = 0.1;
        Members members = new Members(net, "a", "b").startAll();
        net.advance(seconds(3_000));
        ArrivalObservation seen = members.service("a").status("b").orElseThrow().arrivals();
        assertThat(seen.lossRate()).isBetween(0.08, 0.12);
        assertThat(seen.delayDeviation()).isBetween(Duration.ofMillis(2), Duration.ofMillis(4));
        assertThat(DetectorTuner.propose(seen, TuningGoal.of(seconds(5), Duration.ofHours(1))))
                .isInstanceOf(TuningOutcome.Proposal.class);
    }

    @Test
    void close_endsSendingAndTelling() {
        Members members = new Members(net, "a", "b").startAll();
        net.advance(seconds(10));
        Member a = members.get("a");
        a.service().close();
        a.service().close();
        long sent = a.service().counters().sent();
        net.advance(seconds(60));
        assertThat(a.service().counters().sent()).isEqualTo(sent);
        assertThat(a.told()).containsExactly("trusted b#1");
        assertThat(a.process().isClosed()).isTrue();
    }

    @Test
    void listenerThatThrows_isCalledAgain() {
        List<String> told = new ArrayList<>();
        HeartbeatListener listener = new HeartbeatListener() {
            @Override
            public void suspected(String id, long incarnation) {
                told.add("suspected " + id);
                throw new IllegalStateException("a bug of the listener");
            }

            @Override
            public void trusted(String id, long incarnation) {
                told.add("trusted " + id);
                throw new IllegalStateException("a bug of the listener");
            }
        };
        Members members = new Members(net, "a", "b");
        members.start("a", 1, builder -> builder.listener(listener, Runnable::run));
        members.start("b", 1);
        net.advance(seconds(10));
        members.get("b").process().kill();
        net.advance(seconds(10));
        assertThat(told).containsExactly("trusted b", "suspected b");
        members.start("b", 2);
        net.advance(seconds(3));
        assertThat(told).containsExactly("trusted b", "suspected b", "trusted b");
    }

    @Test
    void badSettings_areRefused() {
        HeartbeatServiceBuilder builder = HeartbeatService.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.self("", 1))
                .withMessage("id must be 1 to 64 bytes of UTF-8, but '' is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.self("a", 0))
                .withMessage("incarnation must be more than 0, but is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.cluster("ü".repeat(33), List.of(NEW_KEY)))
                .withMessageStartingWith("cluster must be 1 to 64 bytes of UTF-8, but 'ü")
                .withMessageEndingWith("' is 66");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.cluster("c", List.of(new byte[3])))
                .withMessage("a key of 3 bytes can be guessed; take at least 16 random bytes, 32 are best");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.interval(Duration.ofMillis(3)))
                .withMessage("interval must be at least PT0.004S, but is PT0.003S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.members(Map.of("", "somewhere")))
                .withMessage("member id must be 1 to 64 bytes of UTF-8, but '' is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Topology.ring(0))
                .withMessage("in a ring each has at least 1 successor, but k is 0");
        assertThatIllegalStateException()
                .isThrownBy(builder::start)
                .withMessage("call self(id, incarnation) before start()");
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.self("a", 1).start())
                .withMessage("call cluster(name, keys) before start()");
    }
}
