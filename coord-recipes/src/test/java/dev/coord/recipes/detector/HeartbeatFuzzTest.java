package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten thousand datagrams that are no heartbeats, of every kind: each is counted for what it is, and nothing else happens. */
class HeartbeatFuzzTest {
    private static final int HEADER = 5;

    private final TestNet net = new TestNet(3);
    private final Members members = new Members(net, "a", "b", "c").with(builder -> builder);
    private final Map<Refusal, Long> expected = new EnumMap<>(Refusal.class);

    /** What was recorded before b was restarted and died, and before c fell silent. */
    private record Tapes(List<byte[]> oldOfB, List<byte[]> ofB, List<byte[]> ofC, List<byte[]> fromBToC) {}

    private static List<byte[]> between(List<TestNet.Sent> tape, String from, String to) {
        return tape.stream()
                .filter(sent -> sent.from().equals("at-" + from) && sent.to().equals("at-" + to))
                .map(TestNet.Sent::payload)
                .toList();
    }

    private Tapes record() {
        List<TestNet.Sent> first = net.tape = new ArrayList<>();
        members.startAll();
        net.advance(Duration.ofSeconds(30));
        List<TestNet.Sent> second = net.tape = new ArrayList<>();
        members.start("b", 2);
        net.advance(Duration.ofSeconds(30));
        return new Tapes(
                between(first, "b", "a"),
                between(second, "b", "a"),
                between(second, "c", "a"),
                between(second, "b", "c"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void tenThousandFuzzedDatagrams_areCountedAndIgnored(long seed) {
        net.random.setSeed(seed);
        Tapes tapes = record();
        members.get("b").process().kill();
        net.advance(Duration.ofSeconds(20));
        HeartbeatService a = members.service("a");
        assertThat(a.isSuspected("b")).isTrue();
        assertThat(a.isSuspected("c")).isFalse();
        HeartbeatCounters before = a.counters();
        List<String> told = List.copyOf(members.told("a"));

        for (int i = 0; i < 10_000; i++) {
            inject(tapes);
            if (i % 1_000 == 0) {
                assertThat(a.isSuspected("b")).isTrue();
                assertThat(a.isSuspected("c")).isFalse();
            }
        }

        HeartbeatCounters after = a.counters();
        for (Refusal reason : Refusal.values()) {
            assertThat(after.refused(reason) - before.refused(reason))
                    .as("%s", reason)
                    .isEqualTo(expected.getOrDefault(reason, 0L));
        }
        assertThat(expected.values().stream().mapToLong(n -> n).sum()).isEqualTo(10_000);
        assertThat(expected.keySet())
                .containsExactlyInAnyOrder(
                        Refusal.OVERSIZE,
                        Refusal.MALFORMED,
                        Refusal.WRONG_VERSION,
                        Refusal.NOT_A_NEIGHBOUR,
                        Refusal.FORGED,
                        Refusal.OLD_INCARNATION,
                        Refusal.REPLAYED);
        assertThat(after.accepted()).isEqualTo(before.accepted());
        assertThat(members.told("a")).isEqualTo(told);

        net.advance(Duration.ofSeconds(30));
        assertThat(a.isSuspected("b")).isTrue();
        assertThat(a.isSuspected("c")).isFalse();
        assertThat(a.counters().accepted()).isGreaterThan(before.accepted() + 25);
    }

    private void inject(Tapes tapes) {
        switch (net.random.nextInt(9)) {
            case 0 -> send(any(tapes.ofB), Refusal.REPLAYED);
            case 1 -> send(any(tapes.ofC), Refusal.REPLAYED);
            case 2 -> send(any(tapes.oldOfB), Refusal.OLD_INCARNATION);
            case 3 -> send(any(tapes.fromBToC), Refusal.FORGED);
            case 4 -> {
                byte[] whole = any(tapes.ofB);
                send(Arrays.copyOf(whole, net.random.nextInt(whole.length)), Refusal.MALFORMED);
            }
            case 5 -> flip(any(tapes.ofC));
            case 6 -> {
                byte[] random = new byte[net.random.nextInt(400)];
                net.random.nextBytes(random);
                // To begin like a heartbeat by chance takes three bytes; that is not left to chance.
                if (random.length > 0 && random[0] == 'C') {
                    random[0] = 'D';
                }
                send(random, random.length > Envelope.MAX_BYTES ? Refusal.OVERSIZE : Refusal.MALFORMED);
            }
            case 7 -> {
                byte[] whole = any(tapes.ofB);
                boolean tooLong = net.random.nextBoolean();
                int length = tooLong ? Envelope.MAX_BYTES + 1 + net.random.nextInt(1_000) : whole.length + 1;
                send(Arrays.copyOf(whole, length), tooLong ? Refusal.OVERSIZE : Refusal.MALFORMED);
            }
            default -> swapTails(any(tapes.ofB), any(tapes.ofC));
        }
    }

    /** One flipped bit: which part it hits says what it must be counted as. */
    private void flip(byte[] datagram) {
        byte[] forged = datagram.clone();
        int bit = net.random.nextInt(forged.length * 8);
        forged[bit / 8] ^= (byte) (1 << bit % 8);
        send(forged, partHit(bit, forged));
    }

    private static Refusal partHit(int bit, byte[] forged) {
        return switch (bit / 8) {
            case 0, 1, 2, 4 -> Refusal.MALFORMED;
            case 3 -> Refusal.WRONG_VERSION;
            case HEADER -> named(forged[HEADER]);
            default -> Refusal.FORGED;
        };
    }

    /** 'c' with a flipped bit may be another member, whose seal this is not. */
    private static Refusal named(byte sender) {
        return sender == 'b' ? Refusal.FORGED : Refusal.NOT_A_NEIGHBOUR;
    }

    /** The seal of one around the heartbeat of the other. */
    private void swapTails(byte[] one, byte[] other) {
        byte[] forged = one.clone();
        System.arraycopy(
                other, other.length - Heartbeat.BYTES, forged, forged.length - Heartbeat.BYTES, Heartbeat.BYTES);
        send(forged, Refusal.FORGED);
    }

    private byte[] any(List<byte[]> datagrams) {
        return datagrams.get(net.random.nextInt(datagrams.size()));
    }

    private void send(byte[] datagram, Refusal reason) {
        net.inject("at-a", datagram);
        expected.merge(reason, 1L, Long::sum);
    }
}
