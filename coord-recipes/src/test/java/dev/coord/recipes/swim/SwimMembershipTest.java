package dev.coord.recipes.swim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Seal;
import dev.coord.recipes.swim.SwimEvent.Kind;
import dev.coord.recipes.swim.SwimMember.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** A membership on virtual time: sealing, threads of listeners, life and end. */
class SwimMembershipTest {
    private static final byte[] KEY = "a key of thirty-two random bytes".getBytes();
    private static final Duration WHILE = Duration.ofSeconds(20);

    private final VirtualNet net = new VirtualNet();
    private final List<String> told = new ArrayList<>();

    private SwimMembershipBuilder builder(String name) {
        return SwimMembership.builder(name, net.port(name))
                .config(SwimConfig.local())
                .seeds(List.of("a", "b"))
                .group("test", KEY)
                .random(new SplittableRandom(name.hashCode()))
                .metadata(Value.of("of " + name));
    }

    private SwimMembership start(String name) {
        return builder(name).start(net, net);
    }

    private static List<String> names(SwimMembership of) {
        return of.members().stream().map(SwimMember::name).toList();
    }

    @Test
    void members_findEachOtherByTheirSeeds() {
        SwimMembership a = builder("a")
                .listener(event -> told.add(event.kind() + " " + event.member().name()), Runnable::run)
                .start(net, net);
        SwimMembership b = start("b");
        SwimMembership c = start("c");
        assertThat(names(a)).containsExactly("a");
        net.run(WHILE);
        for (SwimMembership each : List.of(a, b, c)) {
            assertThat(names(each)).containsExactly("a", "b", "c");
        }
        assertThat(told).containsExactlyInAnyOrder("JOINED b", "JOINED c");
        assertThat(a.member("c").orElseThrow().metadata()).isEqualTo(Value.of("of c"));
        assertThat(a.member("c").orElseThrow().address()).isEqualTo("c");
        assertThat(a.member("d")).isEmpty();
        assertThat(a.self().name()).isEqualTo("a");
        assertThat(a.localHealth()).isZero();
        assertThat(a.stats().probes()).isGreaterThan(80);
        assertThat(a.stats().failedProbes() + a.stats().rejected() + a.stats().malformed())
                .isZero();
    }

    @Test
    void metrics_tellWhatTheMembershipTells() {
        SwimMembership a = start("a");
        start("b");
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new SwimMetrics(a).bindTo(registry);
        net.run(WHILE);
        assertThat(registry.get("coord.swim.members")
                        .tag("state", "ALIVE")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(registry.get("coord.swim.members")
                        .tag("state", "DEAD")
                        .gauge()
                        .value())
                .isZero();
        assertThat(registry.get("coord.swim.probes")
                        .tag("member", "a")
                        .functionCounter()
                        .count())
                .isEqualTo(a.stats().probes())
                .isPositive();
        assertThat(registry.get("coord.swim.health").gauge().value()).isZero();
    }

    @Test
    void metadataOfOneThatLeaves_isRefused() {
        SwimMembership a = start("a");
        start("b");
        net.run(WHILE);
        a.leaveAsync();
        assertThatThrownBy(() -> a.setMetadata(Value.of("late")))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("leaves");
    }

    @Test
    void metadata_changed_isToldToAll() {
        SwimMembership a = start("a");
        SwimMembership b = builder("b")
                .listener(
                        event -> told.add(
                                event.kind() + " " + event.member().metadata().asString()),
                        Runnable::run)
                .start(net, net);
        net.run(WHILE);
        a.setMetadata(Value.of("news"));
        assertThat(a.self().metadata()).isEqualTo(Value.of("news"));
        net.run(WHILE);
        assertThat(told).containsExactly("JOINED of a", "UPDATED news");
        assertThat(b.member("a").orElseThrow().metadata()).isEqualTo(Value.of("news"));
        assertThatThrownBy(() -> a.setMetadata(Value.of(new byte[513])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 512 fit a datagram");
    }

    @Test
    void closed_isAFailureToTheOthers_andLeavesNoTimer() {
        SwimMembership a = start("a");
        VirtualNet.Port port = net.port("b");
        SwimMembership b = SwimMembership.builder("b", port)
                .config(SwimConfig.local())
                .seeds(List.of("a"))
                .group("test", KEY)
                .start(net, net);
        net.run(WHILE);
        b.close();
        b.close();
        assertThat(port.closed).isTrue();
        net.run(WHILE);
        assertThat(a.member("b").orElseThrow().state()).isEqualTo(State.DEAD);
        assertThat(names(a)).containsExactly("a");
        assertThatThrownBy(() -> b.setMetadata(Value.EMPTY)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(b::leave).isInstanceOf(ClosedException.class).hasMessageContaining("closed");
        a.close();
        net.run(Duration.ofSeconds(1));
        assertThat(net.pending()).isZero();
    }

    @Test
    void left_isNoFailureToTheOthers() throws InterruptedException {
        SwimMembership a = builder("a")
                .listener(event -> told.add(event.kind() + " " + event.member().name()), Runnable::run)
                .start(net, net);
        SwimMembership b = start("b");
        start("c");
        net.run(WHILE);
        b.leave();
        CompletableFuture<Void> again = b.leaveAsync();
        assertThat(again).isCompleted();
        b.close();
        net.run(WHILE);
        assertThat(told).contains("LEFT b").doesNotContain("FAILED b", "SUSPECTED b");
        assertThat(a.member("b").orElseThrow().state()).isEqualTo(State.LEFT);
    }

    @Test
    void restarted_takesItsNameWithAnotherInstance() {
        SwimMembership a = builder("a")
                .listener(event -> told.add(event.kind() + " " + event.member().instance()), Runnable::run)
                .start(net, net);
        SwimMembership first = start("b");
        net.run(WHILE);
        first.close();
        SwimMembership second = builder("b").random(new SplittableRandom(99)).start(net, net);
        net.run(WHILE);
        assertThat(told)
                .containsExactly(
                        "JOINED " + first.self().instance(),
                        "FAILED " + first.self().instance(),
                        "JOINED " + second.self().instance());
        assertThat(second.self().incarnation()).isPositive();
        assertThat(a.member("b").orElseThrow()).isEqualTo(second.self());
    }

    @Test
    void listener_isCalledOnItsExecutorInOrder() {
        Queue<Runnable> calls = new ArrayDeque<>();
        builder("a")
                .listener(event -> told.add(event.kind() + " " + event.member().name()), calls::add)
                .start(net, net);
        SwimMembership b = start("b");
        net.run(WHILE);
        b.close();
        net.run(WHILE);
        assertThat(told).isEmpty();
        while (!calls.isEmpty()) {
            calls.remove().run();
        }
        assertThat(told).containsExactly("JOINED b", "SUSPECTED b", "FAILED b");
    }

    @Test
    void listenerThatThrows_stopsNothing() {
        for (Executor executor : List.<Executor>of(Runnable::run, task -> {
            throw new RejectedExecutionException();
        })) {
            told.clear();
            VirtualNet own = new VirtualNet();
            List<SwimMembership> all = new ArrayList<>();
            for (String name : List.of("a", "b", "c")) {
                all.add(SwimMembership.builder(name, own.port(name))
                        .config(SwimConfig.local())
                        .seeds(List.of("a"))
                        .group("test", KEY)
                        .messenger(own.peer(name))
                        .listener(
                                event -> {
                                    told.add(name + " " + event.kind() + " "
                                            + event.member().name());
                                    throw new AssertionError("of a listener");
                                },
                                executor)
                        .start(own, own));
            }
            List<Throwable> uncaught = uncaughtWhile(() -> {
                own.run(WHILE);
                all.get(2).close();
                own.run(WHILE);
            });
            assertThat(told).contains("a JOINED c", "b JOINED c", "a FAILED c", "b FAILED c");
            assertThat(uncaught).hasSameSizeAs(told).allMatch(each -> each instanceof AssertionError);
        }
    }

    /** What is told where errors of threads are told. */
    private static List<Throwable> uncaughtWhile(Runnable task) {
        List<Throwable> uncaught = new ArrayList<>();
        Thread thread = Thread.currentThread();
        thread.setUncaughtExceptionHandler((of, failure) -> uncaught.add(failure));
        try {
            task.run();
        } finally {
            thread.setUncaughtExceptionHandler(null);
        }
        return uncaught;
    }

    @Test
    void otherKeyOrGroup_isNoMember() {
        SwimMembership a = start("a");
        SwimMembership other = builder("b")
                .group("test", "another key of many bytes".getBytes())
                .start(net, net);
        SwimMembership elsewhere = builder("c").group("elsewhere", KEY).start(net, net);
        net.run(WHILE);
        assertThat(names(a)).containsExactly("a");
        assertThat(names(other)).containsExactly("b");
        assertThat(names(elsewhere)).containsExactly("c");
        assertThat(a.stats().rejected()).isGreaterThan(100);
        assertThat(a.stats().received()).isZero();
    }

    @Test
    void keys_canBeChangedWithoutAPause() {
        byte[] next = "the next key, of many bytes too".getBytes();
        SwimMembership a = builder("a").group("test", List.of(KEY, next)).start(net, net);
        SwimMembership b = builder("b").group("test", List.of(next, KEY)).start(net, net);
        net.run(WHILE);
        assertThat(names(a)).isEqualTo(names(b)).containsExactly("a", "b");
    }

    @Test
    void forgedTruncatedOversizedAndReplayedDatagrams_areCountedAndIgnored() {
        SwimMembership a = builder("a")
                .listener(event -> told.add(event.kind() + " " + event.member().name()), Runnable::run)
                .start(net, net);
        VirtualNet.Port portB = net.port("b");
        SwimMembership b = SwimMembership.builder("b", portB)
                .config(SwimConfig.local())
                .seeds(List.of("a"))
                .group("test", KEY)
                .start(net, net);
        net.run(WHILE);
        byte[] genuine = portB.last;
        b.close();
        net.run(WHILE);
        assertThat(a.member("b").orElseThrow().state()).isEqualTo(State.DEAD);
        List<String> before = List.copyOf(told);
        long rejected = a.stats().rejected();
        long received = a.stats().received();
        Random random = new Random(4);
        for (int i = 0; i < 10_000; i++) {
            net.deliver("b", "a", forged(genuine, random, i));
        }
        assertThat(a.stats().rejected() - rejected).isEqualTo(10_000);
        assertThat(a.stats().received()).isEqualTo(received);
        assertThat(a.stats().malformed()).isZero();
        for (int i = 0; i < 1_000; i++) {
            net.deliver("b", "a", genuine);
        }
        assertThat(a.stats().replayed()).as("the genuine one, again").isEqualTo(1_000);
        Seal seal = new Seal(List.of(KEY));
        for (int i = 0; i < 1_000; i++) {
            byte[] garbage = new byte[1 + random.nextInt(100)];
            random.nextBytes(garbage);
            garbage[0] = 0;
            net.deliver("b", "a", seal.seal("coord-swim/1/test".getBytes(), garbage));
        }
        assertThat(a.stats().malformed()).isEqualTo(1_000);
        net.run(WHILE);
        assertThat(told).isEqualTo(before);
        assertThat(a.member("b").orElseThrow().state()).isEqualTo(State.DEAD);
    }

    private static byte[] forged(byte[] genuine, Random random, int i) {
        byte[] forged = switch (i % 4) {
            case 0 -> Arrays.copyOf(genuine, random.nextInt(genuine.length));
            case 1 -> Arrays.copyOf(genuine, genuine.length + 1 + random.nextInt(70_000 - genuine.length));
            case 2 -> new byte[random.nextInt(1_500)];
            default -> genuine.clone();
        };
        if (i % 4 == 2) {
            random.nextBytes(forged);
        } else if (i % 4 == 3) {
            forged[random.nextInt(forged.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return forged;
    }

    @Test
    void messenger_isTheSecondWay() {
        SwimMembership a = builder("a").messenger(net.peer("a")).start(net, net);
        SwimMembership b = builder("b").messenger(net.peer("b")).start(net, net);
        net.run(WHILE);
        assertThat(names(a)).isEqualTo(names(b)).containsExactly("a", "b");
        net.port("b");
        net.run(WHILE);
        assertThat(a.member("b").orElseThrow().state())
                .as("no datagram reaches it, but requests do")
                .isEqualTo(State.ALIVE);
        assertThat(net.peer("a").requests).isGreaterThan(50);
        b.close();
        assertThat(net.peer("b").serves()).isFalse();
        net.run(WHILE);
        assertThat(a.member("b").orElseThrow().state()).isEqualTo(State.DEAD);
    }

    @Test
    void datagrams_neverExceedWhatTheyMay() {
        VirtualNet.Port[] ports = new VirtualNet.Port[40];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = net.port(i == 0 ? "a" : "member-" + i);
            SwimMembership.builder(ports[i].address(), ports[i])
                    .config(SwimConfig.local())
                    .seeds(List.of("a"))
                    .group("test", KEY)
                    .metadata(Value.of(new byte[(i * 37) % 400]))
                    .start(net, net);
        }
        net.run(Duration.ofSeconds(5));
        for (VirtualNet.Port port : ports) {
            assertThat(port.tooLong).isZero();
            assertThat(port.longest).isBetween(600, 1_200);
        }
    }

    @Test
    void seedThatCannotBeRead_isCountedAndDoesNoHarm() {
        SwimMembership a = builder("a").seeds(List.of(" ", "b")).start(net, net);
        start("b");
        net.run(WHILE);
        assertThat(names(a)).containsExactly("a", "b");
        assertThat(a.stats().unsendable()).isPositive();
    }

    @Test
    void misuse_saysWhatIsWrong() {
        assertThatThrownBy(() -> SwimMembership.builder("", net.port("a")))
                .hasMessage("name \"\" has 0 bytes; it must have 1 to 64");
        assertThatThrownBy(() -> SwimMembership.builder("a", net.port("a")).start(net, net))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no key: set group(name, key)");
        assertThatThrownBy(() -> builder("a").group("test", new byte[3])).hasMessageContaining("can be guessed");
        assertThatThrownBy(() -> builder("a").messenger(net.peer("b")))
                .hasMessageContaining("must have the name of its peer");
        assertThatThrownBy(() -> builder("a").seeds(java.util.Collections.nCopies(65, "x")))
                .hasMessage("65 seeds; name at most 64");
        assertThatThrownBy(() -> builder("a").metadata(Value.of(new byte[600]))).hasMessageContaining("600 bytes");
        VirtualNet.Port small = net.port("a");
        small.maxPayload = 500;
        assertThatThrownBy(() -> SwimMembership.builder("a", small)).hasMessageContaining("datagrams carry 500 bytes");
        SwimConfig lan = SwimConfig.lan();
        assertThatThrownBy(() -> new SwimConfig(
                        lan.probeInterval(),
                        lan.probeInterval(),
                        3,
                        4,
                        6,
                        3,
                        lan.gossipInterval(),
                        3,
                        lan.syncInterval(),
                        lan.deadMemory(),
                        true))
                .hasMessage("probeTimeout is PT1S; it must be from PT0.001S to PT0.999S");
        assertThatThrownBy(() -> new SwimConfig(
                        lan.probeInterval(),
                        lan.probeTimeout(),
                        17,
                        4,
                        6,
                        3,
                        lan.gossipInterval(),
                        3,
                        lan.syncInterval(),
                        lan.deadMemory(),
                        true))
                .hasMessage("indirectProbes is 17; it must be from 0 to 16");
    }

    @Test
    void startThatFails_leavesNothing() {
        VirtualNet.Port port = net.port("a");
        port.receive((from, payload) -> told.add("the other's"));
        assertThatThrownBy(() -> SwimMembership.builder("a", port)
                        .seeds(List.of("b"))
                        .group("test", KEY)
                        .messenger(net.peer("a"))
                        .start(net, net))
                .hasMessage("received already");
        assertThat(net.pending()).isZero();
        assertThat(net.peer("a").serves()).isFalse();
        assertThat(port.closed).as("it is the other's").isFalse();
    }

    @Test
    void whoWaitedToLeave_goesOnOutsideOfTheContext_andMayBlock() {
        SwimMembership a = start("a");
        start("b");
        net.run(WHILE);
        a.leaveAsync()
                .thenRun(() -> told.add(StackWalker.getInstance()
                        .walk(frames -> frames.filter(
                                        frame -> frame.getClassName().endsWith(".SerialContext"))
                                .findFirst()
                                .map(StackWalker.StackFrame::toString)
                                .orElse("outside"))));
        net.run(WHILE);
        assertThat(told).containsExactly("outside");
    }

    @Test
    void unauthenticated_isSaidSo() {
        SwimMembership a = builder("a").unauthenticatedGroup("open").start(net, net);
        SwimMembership b = builder("b").unauthenticatedGroup("open").start(net, net);
        net.run(WHILE);
        assertThat(names(a)).isEqualTo(names(b)).containsExactly("a", "b");
        assertThat(a.member("b").map(SwimMember::state)).contains(State.ALIVE);
        assertThat(Kind.values()).hasSize(6);
    }
}
