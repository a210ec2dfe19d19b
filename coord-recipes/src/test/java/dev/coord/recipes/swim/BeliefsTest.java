package dev.coord.recipes.swim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.swim.SwimMember.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is believed is the newest of what was heard, whatever the order, against a model that sorts. */
class BeliefsTest {
    private static final int CASES = 20_000;

    private final List<String> events = new ArrayList<>();

    /** Remembers events and does nothing else. */
    private final class Silent implements Effects {
        @Override
        public void send(String to, byte[] message) {}

        @Override
        public boolean canRequest(String member) {
            return false;
        }

        @Override
        public void request(String member, byte[] message, long timeoutNanos) {}

        @Override
        public void event(SwimEvent.Kind kind, Peer peer) {
            events.add(kind + " " + peer.instance + "/" + peer.incarnation);
        }

        @Override
        public void left() {}
    }

    private record Fact(long incarnation, long instance, State state, byte metadata) {
        byte[] message() {
            Peer peer = new Peer("a".getBytes(), "address", new byte[] {metadata}, instance, incarnation);
            peer.state = state;
            Peer teller = new Peer("t".getBytes(), "t", new byte[0], 1, 0);
            WireWriter out = new WireWriter(500).begin(Message.GOSSIP, teller, 5, 500);
            out.update(peer, true);
            return out.take();
        }

        String key() {
            return String.format("%05d %05d %d", incarnation, instance, state.ordinal());
        }
    }

    private Beliefs beliefs() {
        Peer self = new Peer("self".getBytes(), "self", new byte[0], 50, 0);
        return new Beliefs(
                SwimConfig.lan(), self, new Roster(new SplittableRandom(1), self), new Counters(), new Silent());
    }

    private static void hear(Beliefs beliefs, Fact fact) {
        Message message = new Message();
        assertThat(message.read(fact.message())).isTrue();
        beliefs.hear(message.update(0), null, 0);
    }

    private static Peer peer(Beliefs beliefs) {
        return beliefs.roster.find("a".getBytes(), 0, 1);
    }

    @Test
    void factsInAnyOrder_leaveTheNewest() {
        Random random = new Random(5);
        for (int run = 0; run < CASES; run++) {
            List<Fact> facts = new ArrayList<>();
            facts.add(new Fact(0, 0, State.ALIVE, (byte) 0));
            for (int i = random.nextInt(8); i > 0; i--) {
                int incarnation = random.nextInt(4);
                int instance = random.nextInt(3);
                // What a process says of itself in one incarnation is always the same.
                byte metadata = (byte) (10 * incarnation + instance);
                facts.add(new Fact(incarnation, instance, State.values()[random.nextInt(4)], metadata));
            }
            Fact newest = Collections.max(facts, (a, b) -> a.key().compareTo(b.key()));
            Collections.shuffle(facts.subList(1, facts.size()), random);
            Beliefs beliefs = beliefs();
            facts.forEach(fact -> hear(beliefs, fact));
            Peer peer = peer(beliefs);
            assertThat(peer.incarnation).as(facts.toString()).isEqualTo(newest.incarnation());
            assertThat(peer.instance).as(facts.toString()).isEqualTo(newest.instance());
            assertThat(peer.state).as(facts.toString()).isEqualTo(newest.state());
            assertThat(peer.metadata).as(facts.toString()).containsExactly(newest.metadata());
            assertThat(beliefs.roster.active()).isEqualTo(newest.state().isActive() ? 2 : 1);
        }
    }

    @Test
    void newProcessOfAName_isAFailureAndAJoin() {
        Beliefs beliefs = beliefs();
        hear(beliefs, new Fact(3, 7, State.ALIVE, (byte) 0));
        hear(beliefs, new Fact(4, 8, State.ALIVE, (byte) 1));
        assertThat(events).containsExactly("JOINED 7/3", "FAILED 7/3", "JOINED 8/4");
    }

    @Test
    void death_toldByOneWhoWasCutOff_isASuspicionOnly() {
        Beliefs beliefs = beliefs();
        hear(beliefs, new Fact(0, 7, State.ALIVE, (byte) 0));
        Message message = new Message();
        message.read(new Fact(0, 7, State.DEAD, (byte) 0).message());
        beliefs.hear(message.update(0), 77L, 0);
        assertThat(peer(beliefs).state).isEqualTo(State.SUSPECT);
        assertThat(peer(beliefs).suspicion.accuser(0)).isEqualTo(77);
        hear(beliefs, new Fact(0, 7, State.DEAD, (byte) 0));
        assertThat(events).containsExactly("JOINED 7/0", "SUSPECTED 7/0", "FAILED 7/0");
    }

    @Test
    void dead_areNotTakenOverFromOthers_andForgottenInTime() {
        Beliefs beliefs = beliefs();
        hear(beliefs, new Fact(0, 7, State.DEAD, (byte) 0));
        assertThat(peer(beliefs)).isNull();
        hear(beliefs, new Fact(0, 7, State.ALIVE, (byte) 0));
        hear(beliefs, new Fact(0, 7, State.LEFT, (byte) 0));
        beliefs.forget(0);
        assertThat(peer(beliefs)).isNotNull();
        beliefs.forget(1);
        assertThat(peer(beliefs)).isNull();
        assertThat(beliefs.roster.size()).isZero();
    }

    @Test
    void self_isNeverBelievedOtherwise_andRaisesItsIncarnation() {
        Beliefs beliefs = beliefs();
        beliefs.hearOfSelf(50, 4, State.DEAD);
        assertThat(beliefs.self.incarnation).isEqualTo(5);
        assertThat(beliefs.self.state).isEqualTo(State.ALIVE);
        beliefs.hearOfSelf(50, 4, State.SUSPECT);
        assertThat(beliefs.self.incarnation).as("that is refuted already").isEqualTo(5);
        beliefs.hearOfSelf(3, 4, State.ALIVE);
        assertThat(beliefs.self.incarnation).as("a former self is behind").isEqualTo(5);
        beliefs.hearOfSelf(3, 5, State.ALIVE);
        assertThat(beliefs.self.incarnation).as("a former self of the same one").isEqualTo(6);
        beliefs.leave();
        beliefs.hearOfSelf(50, 9, State.DEAD);
        assertThat(beliefs.self.incarnation).as("who has left refutes nothing").isEqualTo(6);
    }

    @Test
    void members_areBounded() {
        Beliefs beliefs = beliefs();
        for (int i = 0; i <= Beliefs.MAX_MEMBERS; i++) {
            Peer peer = new Peer(("m" + i).getBytes(), "a", new byte[0], 1, 0);
            WireWriter out = new WireWriter(500).begin(Message.GOSSIP, peer, 5, 500);
            out.update(peer, true);
            Message message = new Message();
            assertThat(message.read(out.take())).isTrue();
            beliefs.hear(message.update(0), null, 0);
        }
        assertThat(beliefs.roster.size()).isEqualTo(Beliefs.MAX_MEMBERS);
        assertThat(beliefs.roster.find("m77".getBytes(), 0, 3)).isNotNull();
    }

    private static Peer known(int number, State state, long since) {
        Peer peer = new Peer(("p" + number).getBytes(), "p", new byte[0], 1, 0);
        peer.state = state;
        peer.since = since;
        return peer;
    }

    @Test
    void full_forgetsTheLongestDeadForANewcomer_orRefusesIt() {
        Peer self = new Peer("s".getBytes(), "s", new byte[0], 9, 0);
        Roster roster = new Roster(new SplittableRandom(1), self);
        Beliefs beliefs = new Beliefs(SwimConfig.lan(), self, roster, new Counters(), new Silent());
        for (int i = 0; i < Beliefs.MAX_MEMBERS - 2; i++) {
            roster.add(known(i, State.ALIVE, 0));
        }
        Peer longest = known(20_000, State.DEAD, 5);
        Peer other = known(20_001, State.DEAD, 6);
        roster.add(other);
        roster.add(longest);
        Message message = new Message();
        for (String name : List.of("first", "second", "third")) {
            Peer newcomer = new Peer(name.getBytes(), "address", new byte[0], 3, 0);
            Peer teller = new Peer("t".getBytes(), "t", new byte[0], 1, 0);
            WireWriter out = new WireWriter(500).begin(Message.GOSSIP, teller, 5, 500);
            out.update(newcomer, true);
            assertThat(message.read(out.take())).isTrue();
            beliefs.hear(message.update(0), null, 100);
            assertThat(roster.size()).isEqualTo(Beliefs.MAX_MEMBERS);
            assertThat(roster.find(name.getBytes(), 0, name.length()) != null).isEqualTo(!name.equals("third"));
            assertThat(roster.find(longest.name, 0, longest.name.length)).isNull();
            assertThat(roster.find(other.name, 0, other.name.length) != null).isEqualTo(name.equals("first"));
        }
    }

    @Test
    void whatIsSaidOfSelf_neverMakesItSayWhatNobodyReads() {
        Peer self = new Peer("s".getBytes(), "s", new byte[0], 9, 0);
        Roster roster = new Roster(new SplittableRandom(1), self);
        Beliefs beliefs = new Beliefs(SwimConfig.lan(), self, roster, new Counters(), new Silent());
        for (long instance : new long[] {9, 8}) {
            for (long incarnation = WireWriter.MAX_NUMBER - 3; incarnation <= WireWriter.MAX_NUMBER; incarnation++) {
                beliefs.hearOfSelf(instance, incarnation, State.DEAD);
                byte[] message =
                        new WireWriter(500).begin(Message.GOSSIP, self, 5, 500).take();
                assertThat(new Message().read(message)).isTrue();
            }
        }
        assertThat(self.incarnation).isEqualTo(WireWriter.MAX_NUMBER);
    }
}
