package dev.coord.recipes.swim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.coord.recipes.swim.SwimMember.State;
import dev.coord.recipes.swim.SwimWorld.Node;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of Lifeguard, each as a scenario. */
class LifeguardTest {
    private static final long SECOND = SwimWorld.SECOND;
    private static final SwimConfig LAN = SwimConfig.lan();
    private final List<String> events = new ArrayList<>();

    private SwimWorld world(SwimConfig config, int size) {
        SwimWorld world = new SwimWorld(config, size, 11);
        world.startAll();
        world.run(10 * SECOND);
        assertThat(world.disagreement()).isEmpty();
        world.watch((observer, kind, subject) ->
                events.add(observer + " " + kind + " " + subject.text() + " " + (world.now / (SECOND / 10))));
        return world;
    }

    private static int health(Node node) {
        return node.core().beliefs().health.score();
    }

    @Test
    void timeout_ofASuspicion_shrinksWithTheLogarithmOfConfirmations() {
        long min = 8 * SECOND;
        long max = 48 * SECOND;
        assertThat(Suspicion.timeout(min, max, 0, 2)).isEqualTo(max);
        double one = 48 - 40 * Math.log(2) / Math.log(3);
        assertThat(Suspicion.timeout(min, max, 1, 2) / 1e9).isCloseTo(one, within(1e-6));
        assertThat(Suspicion.timeout(min, max, 2, 2)).isEqualTo(min);
        assertThat(Suspicion.timeout(min, max, 9, 2)).isEqualTo(min);
        assertThat(Suspicion.timeout(min, max, 0, 0)).isEqualTo(min);
        double two = 48 - 40 * Math.log(3) / Math.log(5);
        assertThat(Suspicion.timeout(min, max, 2, 4) / 1e9).isCloseTo(two, within(1e-6));
    }

    @Test
    void suspicion_lastsAsTheNumberOfMembersSays() {
        Suspicions few = new Suspicions(LAN);
        few.begin(peer("a"), 3, 0);
        assertThat(few.due()).as("nobody there to confirm").isEqualTo(4 * SECOND);
        Suspicions ten = new Suspicions(LAN);
        ten.begin(peer("a"), 10, 0);
        assertThat(ten.due()).isEqualTo(24 * SECOND);
        Suspicions hundred = new Suspicions(LAN);
        Peer suspect = peer("a");
        hundred.begin(suspect, 100, 0);
        assertThat(hundred.due()).isEqualTo(48 * SECOND);
        assertThat(hundred.accuse(suspect, 1, 0)).isTrue();
        assertThat(hundred.accuse(suspect, 1, 0)).as("the same accuser").isFalse();
        assertThat(hundred.due()).as("the first one confirms nothing").isEqualTo(48 * SECOND);
        hundred.accuse(suspect, 2, 0);
        hundred.accuse(suspect, 3, 0);
        assertThat(hundred.due()).isEqualTo(8 * SECOND);
        assertThat(hundred.accuse(suspect, 4, 0)).as("one too many").isFalse();
        Suspicions plain = new Suspicions(LAN.withoutLifeguard());
        plain.begin(peer("a"), 100, 0);
        assertThat(plain.due()).isEqualTo(8 * SECOND);
    }

    private static Peer peer(String name) {
        return new Peer(name.getBytes(), name, new byte[0], 1, 0);
    }

    @Test
    void confirmedDeath_isDeclaredSoonerThanAnUnconfirmedOne() {
        SwimWorld world = world(LAN, 10);
        world.nodes[9].crash();
        long from = world.now;
        world.run(60 * SECOND);
        long declared = events.stream()
                .filter(event -> event.startsWith("n0 FAILED n9"))
                .mapToLong(event -> Long.parseLong(event.substring(event.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
        assertThat(declared - from / (SECOND / 10)).isBetween(40L, 120L);
    }

    @Test
    void helperThatIsSilent_worsensTheHealth_andOneThatSaysSoDoesNot() {
        SwimWorld world = world(LAN, 5);
        world.nodes[4].crash();
        world.run(3 * SECOND);
        for (int i = 0; i < 4; i++) {
            assertThat(health(world.nodes[i]))
                    .as("all helpers said that they got no answer")
                    .isZero();
        }
        world.network.setLoss(1);
        world.run(6 * SECOND);
        assertThat(health(world.nodes[0])).as("nobody says anything").isGreaterThanOrEqualTo(3);
        world.network.setLoss(0);
        world.run(60 * SECOND);
        assertThat(health(world.nodes[0])).as("answers heal").isZero();
    }

    @Test
    void nack_comesAtFourFifthsOfTheTimeout() {
        SwimWorld world = world(LAN, 5);
        world.nodes[4].crash();
        List<Long> asked = new ArrayList<>();
        List<Long> nacked = new ArrayList<>();
        world.tap = (from, message) -> {
            if (message[1] == Message.PING_REQ) {
                asked.add(world.now);
            } else if (message[1] == Message.NACK) {
                nacked.add(world.now);
            }
        };
        // Four members probe each other within seven.
        world.run(8 * SECOND);
        assertThat(asked).isNotEmpty();
        assertThat(nacked.get(0) - asked.get(0)).isBetween(400_000_000L, 402_000_000L);
    }

    @Test
    void unhealthyMember_probesAndWaitsLonger() {
        SwimWorld world = world(LAN, 5);
        Node node = world.nodes[0];
        node.core().beliefs().health.worse(3);
        world.network.setLoss(1);
        List<Long> pings = new ArrayList<>();
        List<Long> requests = new ArrayList<>();
        world.tap = (from, message) -> {
            if (from == node && message[1] == Message.PING) {
                pings.add(world.now);
            } else if (from == node && message[1] == Message.PING_REQ) {
                requests.add(world.now);
            }
        };
        world.run(9 * SECOND);
        assertThat(requests.get(0) - pings.get(0)).isEqualTo(4 * SECOND / 2);
        assertThat(pings.get(1) - pings.get(0)).isEqualTo(4 * SECOND);
    }

    @Test
    void refuting_worsensTheHealth_andTheScoreIsClamped() {
        SwimWorld world = world(LAN, 3);
        Beliefs beliefs = world.nodes[0].core().beliefs();
        beliefs.hearOfSelf(beliefs.self.instance, beliefs.self.incarnation, State.SUSPECT);
        assertThat(health(world.nodes[0])).isEqualTo(1);
        beliefs.health.worse(100);
        assertThat(health(world.nodes[0])).isEqualTo(7);
        LocalHealth healthy = new LocalHealth(true);
        healthy.better();
        assertThat(healthy.score()).isZero();
        LocalHealth plain = new LocalHealth(false);
        plain.worse(5);
        assertThat(plain.score()).isZero();
    }

    @Test
    void suspect_isToldByThePingItself() {
        assertThat(firstUpdateOfAPingToASuspect(true)).isEqualTo(State.SUSPECT);
        assertThat(firstUpdateOfAPingToASuspect(false)).as("without Lifeguard").isNull();
    }

    private static State firstUpdateOfAPingToASuspect(boolean buddies) {
        SwimWorld world = new SwimWorld(LAN, 4, 2);
        world.startAll();
        world.run(60 * SECOND);
        Beliefs beliefs = world.nodes[0].core().beliefs();
        Peer suspect = world.nodes[0].view(world.nodes[2]);
        beliefs.suspect(suspect, suspect.instance, suspect.incarnation, world.now);
        beliefs.gossip.drop(suspect);
        Message read = new Message();
        assertThat(read.read(new Composer(beliefs, buddies, 1_000).ping(1, suspect)))
                .isTrue();
        return read.updateCount() == 0 ? null : read.update(0).state;
    }

    @Test
    void pausedMember_noticesAndAccusesNobody() {
        SwimWorld world = world(LAN, 6);
        Node node = world.nodes[0];
        for (int i = 0; i < 20; i++) {
            node.pause(10 * SECOND);
            world.run(14 * SECOND + i * SECOND / 20);
        }
        assertThat(node.core().counters.pauses).isEqualTo(20);
        assertThat(node.core().counters.failedProbes).isZero();
        assertThat(events).noneMatch(event -> event.startsWith("n0 "));
        assertThat(events).noneMatch(event -> event.contains("SUSPECTED") && !event.contains("SUSPECTED n0"));
    }

    @Test
    void pausedMember_whoSuspectedSomebody_doesNotDeclareItDeadOnWaking() {
        SwimWorld world = world(LAN, 6);
        Node node = world.nodes[0];
        node.core().beliefs().suspect(node.view(world.nodes[3]), world.nodes[3].instance, 0, world.now);
        node.pause(200 * SECOND);
        world.run(260 * SECOND);
        assertThat(events).contains("n0 CLEARED n3 2100").noneMatch(event -> event.startsWith("n0 FAILED"));
        assertThat(world.disagreement()).isEmpty();
    }

    @Test
    void whoDatagramsDoNotReach_isAskedByARequest() {
        SwimWorld world = world(LAN, 3);
        world.requests = true;
        world.network.cut(0, 1);
        world.network.cut(1, 2);
        world.run(120 * SECOND);
        assertThat(events).isEmpty();
        assertThat(world.requestCount).isPositive();
        world.requests = false;
        world.run(60 * SECOND);
        assertThat(events).anyMatch(event -> event.startsWith("n0 FAILED n1"));
    }

    @Test
    void withRequests_allThatIsKnownIsExchangedByThem() {
        SwimWorld world = world(LAN, 3);
        world.requests = true;
        List<Integer> kinds = new ArrayList<>();
        world.tap = (from, message) -> kinds.add((int) message[1]);
        world.run(120 * SECOND);
        assertThat(kinds).doesNotContain(Message.SYNC);
        assertThat(world.requestCount)
                .as("a wish and an answer in return, by each in 30 s")
                .isBetween(20L, 40L);
    }
}
