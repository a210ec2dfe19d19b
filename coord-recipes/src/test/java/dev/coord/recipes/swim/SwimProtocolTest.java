package dev.coord.recipes.swim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.swim.SwimEvent.Kind;
import dev.coord.recipes.swim.SwimMember.State;
import dev.coord.recipes.swim.SwimWorld.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules of SWIM, each as a scenario. */
class SwimProtocolTest {
    private static final long SECOND = SwimWorld.SECOND;
    private final List<String> events = new ArrayList<>();

    private SwimWorld world(SwimConfig config, int size) {
        SwimWorld world = new SwimWorld(config, size, 7);
        world.startAll();
        world.run(5 * SECOND);
        assertThat(world.disagreement()).isEmpty();
        world.watch((observer, kind, subject) -> events.add(observer + " " + kind + " " + subject.text()));
        return world;
    }

    private SwimWorld world(int size) {
        return world(SwimConfig.lan(), size);
    }

    /** A message with what a member says of itself. */
    private static byte[] record(SwimCore of, SwimCore receiver) {
        return new Composer(of.beliefs(), true, 1_000).record(of.beliefs().self, receiver.beliefs().self.instance);
    }

    /** The kinds of the messages that a node sends from now on. */
    private static List<Integer> sentBy(SwimWorld world, Node node) {
        List<Integer> kinds = new ArrayList<>();
        world.tap = (from, message) -> {
            if (from == node) {
                kinds.add((int) message[1]);
            }
        };
        return kinds;
    }

    @Test
    void memberThatAnswersOthersOnly_isNotSuspected() {
        SwimWorld world = world(5);
        world.network.cut(0, 1);
        List<Integer> kinds = sentBy(world, world.nodes[0]);
        world.run(60 * SECOND);
        assertThat(events).isEmpty();
        assertThat(kinds.stream().filter(kind -> kind == Message.PING_REQ)).hasSizeGreaterThan(20);
    }

    @Test
    void askedInVain_suspectsDeclaresDeadAndTellsAll() {
        SwimWorld world = world(5);
        world.nodes[4].crash();
        world.run(SwimRun.detection(SwimConfig.lan(), 5));
        for (int i = 0; i < 4; i++) {
            assertThat(events).containsSubsequence("n" + i + " SUSPECTED n4", "n" + i + " FAILED n4");
        }
        assertThat(events).hasSize(8);
        assertThat(world.disagreement()).isEmpty();
    }

    @Test
    void everyMember_isProbedOnceInEachRound() {
        SwimWorld world = world(10);
        Map<Integer, Integer> pings = new HashMap<>();
        world.tap = (from, message) -> {
            Message read = new Message();
            assertThat(read.read(message)).isTrue();
            if (from.index == 0 && read.kind == Message.PING) {
                int target = SwimWorld.index(new String(message, read.targetAt, read.targetLength));
                pings.merge(target, 1, Integer::sum);
            }
        };
        int rounds = 20;
        world.run(9L * rounds * SECOND);
        assertThat(pings).hasSize(9);
        assertThat(pings.values()).allMatch(count -> Math.abs(count - rounds) <= 1);
    }

    @Test
    void suspect_thatLives_refutesWithGreaterIncarnation() {
        SwimWorld world = world(5);
        Node paused = world.nodes[3];
        paused.pause(4 * SECOND);
        world.run(10 * SECOND);
        assertThat(events).contains("n0 SUSPECTED n3", "n0 CLEARED n3").noneMatch(event -> event.contains("FAILED"));
        assertThat(paused.core().beliefs().self.incarnation).isPositive();
        assertThat(paused.core().counters.refutations).isEqualTo(1);
        assertThat(world.disagreement()).isEmpty();
    }

    @Test
    void memberThatWasDeclaredDead_comesBackWhenItIsHeardAgain() {
        SwimWorld world = world(5);
        world.nodes[2].pause(200 * SECOND);
        world.run(199 * SECOND);
        assertThat(world.nodes[0].sees(world.nodes[2], State.DEAD)).isTrue();
        world.run(SwimRun.agreement(SwimConfig.lan(), 5));
        assertThat(world.disagreement()).isEmpty();
        assertThat(events).contains("n0 FAILED n2", "n0 JOINED n2");
        assertThat(world.nodes[0].core().counters.returned).isEqualTo(1);
    }

    @Test
    void change_isToldByEachMemberABoundedNumberOfTimes() {
        SwimConfig config = SwimConfig.lan();
        SwimWorld world = world(config, 20);
        world.run(60 * SECOND);
        int[] told = new int[20];
        world.nodes[5].describe("news".getBytes());
        world.tap = (from, message) -> {
            Message read = new Message();
            read.read(message);
            for (int i = 0; read.kind != Message.SYNC && i < read.updateCount(); i++) {
                told[from.index] += new String(read.update(i).name()).equals("n5") ? 1 : 0;
            }
        };
        world.run(60 * SECOND);
        int bound = (int) Math.ceil(config.gossipFactor() * Math.log(21));
        assertThat(told).containsOnly(bound);
        assertThat(world.disagreement()).isEmpty();
        assertThat(events).contains("n0 UPDATED n5").hasSize(19);
    }

    @Test
    void leave_isNoFailure() {
        SwimWorld world = world(6);
        world.nodes[1].leave();
        world.run(3 * SECOND);
        assertThat(world.nodes[1].hasLeft).isTrue();
        world.nodes[1].crash();
        world.run(120 * SECOND);
        assertThat(events).hasSize(5).allMatch(event -> event.endsWith("LEFT n1"));
        assertThat(world.disagreement()).isEmpty();
    }

    @Test
    void leave_withNobodyThere_isDoneAtOnce() {
        SwimWorld world = new SwimWorld(SwimConfig.lan(), 1, 1);
        world.startAll();
        world.nodes[0].leave();
        assertThat(world.nodes[0].hasLeft).isTrue();
    }

    @Test
    void restarted_isToldApartFromItsFormerSelf() {
        SwimWorld world = world(5);
        Node node = world.nodes[2];
        node.pause(3 * SECOND);
        world.run(20 * SECOND);
        long before = node.core().beliefs().self.incarnation;
        long formerly = node.instance;
        assertThat(before).isPositive();
        events.clear();
        node.crash();
        node.start();
        world.run(10 * SECOND);
        assertThat(node.instance).isNotEqualTo(formerly);
        assertThat(node.core().beliefs().self.incarnation).isGreaterThan(before);
        assertThat(events).containsSubsequence("n0 FAILED n2", "n0 JOINED n2");
        assertThat(events.stream().filter(event -> event.startsWith("n0"))).hasSize(2);
        assertThat(world.disagreement()).isEmpty();
    }

    @Test
    void pingForTheFormerSelf_isNotAcknowledged() {
        SwimWorld world = world(2);
        Node node = world.nodes[1];
        Peer former = world.nodes[0].view(node);
        byte[] ping = new Composer(world.nodes[0].core().beliefs(), true, 1_000).ping(5, former);
        node.crash();
        node.start();
        List<Integer> kinds = sentBy(world, node);
        node.core().receive(world.now, "n0", ping);
        assertThat(kinds).containsExactly(Message.GOSSIP);
        assertThat(node.core().beliefs().self.incarnation).isGreaterThan(former.incarnation);
    }

    @Test
    void replayedAnswers_keepNoDeadMemberAlive() {
        SwimWorld world = world(5);
        List<byte[]> recorded = new ArrayList<>();
        world.tap = (from, message) -> {
            if (from.index == 4) {
                recorded.add(message);
            }
        };
        world.run(20 * SECOND);
        assertThat(recorded).hasSizeGreaterThan(20);
        world.nodes[4].crash();
        long end = world.now + SwimRun.detection(SwimConfig.lan(), 5);
        while (world.now < end) {
            for (int i = 0; i < 4; i++) {
                for (byte[] message : recorded) {
                    world.nodes[i].core().receive(world.now, "n4", message);
                }
            }
            world.run(SECOND / 4);
        }
        assertThat(events).contains("n0 FAILED n4", "n1 FAILED n4", "n2 FAILED n4", "n3 FAILED n4");
        assertThat(events).noneMatch(event -> event.contains("JOINED") || event.contains("CLEARED"));
        assertThat(world.disagreement()).isEmpty();
    }

    @Test
    void halvesThatDeclaredEachOtherDead_findTogether() {
        SwimWorld world = world(10);
        for (int i = 0; i < 5; i++) {
            world.network.side(i, 1);
        }
        world.run(300 * SECOND);
        assertThat(world.nodes[0].sees(world.nodes[9], State.DEAD)).isTrue();
        assertThat(world.nodes[9].sees(world.nodes[0], State.DEAD)).isTrue();
        world.network.heal();
        events.clear();
        world.run(SwimRun.agreement(SwimConfig.lan(), 10));
        assertThat(world.disagreement()).isEmpty();
        assertThat(events.stream().filter(event -> event.contains("JOINED"))).hasSize(50);
        assertThat(events).noneMatch(event -> event.contains("FAILED"));
    }

    @Test
    void halvesThatForgotEachOther_findTogetherByTheirSeeds() {
        SwimConfig config = forgetful();
        SwimWorld world = world(config, 6);
        world.network.side(0, 1);
        world.network.side(2, 1);
        world.network.side(3, 1);
        world.run(300 * SECOND);
        assertThat(world.nodes[2].view(world.nodes[5])).isNull();
        world.network.heal();
        world.run(SwimRun.agreement(config, 6) + 3 * config.syncInterval().toNanos());
        assertThat(world.disagreement()).isEmpty();
    }

    private static SwimConfig forgetful() {
        SwimConfig lan = SwimConfig.lan();
        return new SwimConfig(
                lan.probeInterval(),
                lan.probeTimeout(),
                lan.indirectProbes(),
                lan.suspicionMultiplier(),
                lan.suspicionMaxFactor(),
                lan.gossipFactor(),
                lan.gossipInterval(),
                lan.gossipFanout(),
                lan.syncInterval(),
                java.time.Duration.ofSeconds(60),
                true);
    }

    @Test
    void oldGossip_doesNotResurrectTheDead() {
        SwimWorld world = world(4);
        byte[] alive = record(world.nodes[3].core(), world.nodes[0].core());
        world.nodes[3].crash();
        world.run(SwimRun.detection(SwimConfig.lan(), 4));
        events.clear();
        world.nodes[0].core().receive(world.now, "n3", alive);
        world.run(60 * SECOND);
        assertThat(events).isEmpty();
        assertThat(world.nodes[0].sees(world.nodes[3], State.DEAD)).isTrue();
    }

    @Test
    void replaysOfTheDead_thatWereForgotten_resurrectNobody() {
        SwimWorld world = world(forgetful(), 4);
        List<byte[]> recorded = new ArrayList<>();
        world.tap = (from, message) -> recorded.add(message);
        world.run(300 * SECOND);
        world.tap = null;
        world.nodes[3].crash();
        world.run(300 * SECOND);
        assertThat(world.nodes[0].view(world.nodes[3])).isNull();
        events.clear();
        for (byte[] message : recorded) {
            world.nodes[0].core().receive(world.now, "n3", message);
        }
        assertThat(events).isEmpty();
        assertThat(world.nodes[0].view(world.nodes[3])).isNull();
    }

    /** Copies of one question make a member tell all it knows as often as it may, and no more. */
    private static List<String> toldTo(int addresses, int copies, int intervals) {
        SwimWorld world = new SwimWorld(SwimConfig.lan(), 2, 7);
        world.startAll();
        List<byte[]> wishes = new ArrayList<>();
        world.tap = (from, message) -> wishes.add(message);
        world.nodes[0].start();
        List<String> told = new ArrayList<>();
        SwimCore asked = new SwimCore(
                SwimConfig.lan(),
                new Peer("asked".getBytes(), "asked", new byte[0], 77, 0),
                List.of(),
                1_000,
                new java.util.SplittableRandom(1),
                new Effects() {
                    @Override
                    public void send(String to, byte[] message) {
                        told.add(to);
                    }

                    @Override
                    public boolean canRequest(String member) {
                        return false;
                    }

                    @Override
                    public void request(String member, byte[] message, long timeoutNanos) {}

                    @Override
                    public void event(Kind kind, Peer peer) {}

                    @Override
                    public void left() {}
                });
        asked.start(0);
        for (int i = 0; i < intervals; i++) {
            while (asked.due() < i * SECOND) {
                asked.tick(asked.due());
            }
            for (int copy = 0; copy < copies; copy++) {
                for (int address = 0; address < addresses; address++) {
                    asked.receive(i * SECOND, "x" + address, wishes.get(0));
                }
            }
        }
        return told;
    }

    @Test
    void copiesOfAQuestion_areAnsweredOnceAnAddressAndInterval() {
        assertThat(toldTo(1, 100, 1)).containsExactly("x0");
        assertThat(toldTo(1, 100, 3)).hasSize(3);
        assertThat(toldTo(20, 5, 1)).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void questionsFromWhateverAddresses_areAnsweredUpToABound() {
        assertThat(toldTo(5_000, 1, 1)).hasSize(Allowance.DATAGRAMS);
        assertThat(toldTo(5_000, 1, 2)).hasSize(2 * Allowance.DATAGRAMS);
    }

    @Test
    void withoutGossipOfItsOwn_probesCarryEverything() {
        SwimConfig lan = SwimConfig.lan();
        SwimConfig config = new SwimConfig(
                lan.probeInterval(),
                lan.probeTimeout(),
                3,
                4,
                6,
                3,
                lan.gossipInterval(),
                0,
                lan.syncInterval(),
                lan.deadMemory(),
                true);
        SwimWorld world = new SwimWorld(config, 8, 3);
        world.startAll();
        world.run(30 * SECOND);
        assertThat(world.disagreement()).isEmpty();
        List<Integer> kinds = sentBy(world, world.nodes[0]);
        world.nodes[3].leave();
        world.run(20 * SECOND);
        assertThat(kinds).doesNotContain(Message.GOSSIP);
        assertThat(world.disagreement()).isEmpty();
    }

    @Test
    void moreMembersThanFitADatagram_areExchangedInParts() {
        SwimWorld world = new SwimWorld(SwimConfig.lan(), 60, 5);
        for (Node node : world.nodes) {
            node.metadata = new byte[SwimMember.MAX_METADATA_BYTES];
            node.metadata[0] = (byte) node.index;
        }
        world.tap = (from, message) -> assertThat(message.length).isLessThanOrEqualTo(SwimWorld.MAX_DATAGRAM);
        world.startAll();
        world.run(120 * SECOND);
        assertThat(world.disagreement()).isEmpty();
    }

    @Test
    void twoProcessesOfOneName_areCounted() {
        SwimWorld world = world(3);
        Node node = world.nodes[2];
        SwimCore twin = new SwimCore(
                SwimConfig.lan(),
                new Peer("n2".getBytes(), "n2", new byte[0], 99, 0),
                List.of(),
                1_000,
                new java.util.SplittableRandom(1),
                world.nodes[2]);
        twin.start(world.now);
        long conflicts = 0;
        for (int i = 0; i < 10; i++) {
            node.core().receive(world.now, "n2", record(twin, node.core()));
            twin.receive(world.now, "n2", record(node.core(), twin));
            conflicts = node.core().counters.nameConflicts;
        }
        assertThat(conflicts).isGreaterThanOrEqualTo(8);
        assertThat(events).noneMatch(event -> event.startsWith("n2 ") && event.contains(Kind.FAILED.name()));
    }

    @Test
    void whoHasLeft_andIsStillPinged_saysSo() {
        SwimWorld world = world(4);
        world.network.setLoss(1);
        world.nodes[3].leave();
        world.run(2 * SECOND);
        world.network.setLoss(0);
        events.clear();
        world.run(20 * SECOND);
        assertThat(world.nodes[3].isUp()).isTrue();
        assertThat(events).contains("n0 LEFT n3", "n1 LEFT n3", "n2 LEFT n3");
        assertThat(events).noneMatch(event -> event.contains("FAILED"));
    }

    @Test
    void oldDatagrams_toARestartedMember_tellItNothing() {
        SwimWorld world = world(3);
        List<byte[]> recorded = new ArrayList<>();
        world.tap = (from, message) -> recorded.add(message);
        world.nodes[0].crash();
        world.nodes[0].start();
        world.run(10 * SECOND);
        world.tap = null;
        world.nodes[1].crash();
        world.nodes[0].crash();
        world.nodes[2].crash();
        world.nodes[0].start();
        events.clear();
        for (byte[] message : recorded) {
            world.nodes[0].core().receive(world.now, "n1", message);
        }
        assertThat(events).isEmpty();
        assertThat(world.nodes[0].core().beliefs().roster.size()).isZero();
        assertThat(world.nodes[0].core().counters.misdirected).isGreaterThan(30);
    }

    @Test
    void answer_withAnotherNonce_isNoAnswer() {
        SwimWorld world = world(2);
        Node node = world.nodes[0];
        Beliefs beliefs = node.core().beliefs();
        Prober prober = new Prober(
                SwimConfig.lan(),
                beliefs,
                new Composer(beliefs, true, 1_000),
                new java.util.SplittableRandom(1),
                node,
                new Counters());
        Message ping = new Message();
        world.tap = (from, message) -> assertThat(ping.read(message)).isTrue();
        prober.start(0);
        prober.tick(prober.due());
        assertThat(ping.kind).isEqualTo(Message.PING);
        assertThat(prober.acked(ping.nonce + 1)).isFalse();
        assertThat(prober.acked(ping.nonce)).isTrue();
        assertThat(prober.acked(ping.nonce)).as("a second time").isFalse();
    }

    @Test
    void tickAfterTheEndOfAPeriod_asksOthersFirst() {
        SwimWorld world = world(4);
        Node node = world.nodes[0];
        Beliefs beliefs = node.core().beliefs();
        Prober prober = new Prober(
                SwimConfig.lan(),
                beliefs,
                new Composer(beliefs, true, 1_000),
                new java.util.SplittableRandom(1),
                node,
                new Counters());
        List<Integer> kinds = sentBy(world, node);
        prober.start(0);
        prober.tick(prober.due());
        long late = prober.due() + 2 * SECOND;
        prober.tick(late);
        assertThat(kinds).containsExactly(Message.PING, Message.PING_REQ, Message.PING_REQ);
        assertThat(events).isEmpty();
        assertThat(prober.due()).isEqualTo(late + SECOND / 2);
        prober.tick(prober.due());
        assertThat(events).hasSize(1).allMatch(event -> event.startsWith("n0 SUSPECTED"));
    }
}
