package dev.coord.recipes.swim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.swim.SwimMember.State;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageTest {
    private static final int CASES = 20_000;
    private final Random random = new Random(3);

    private byte[] bytes(int least, int most) {
        byte[] bytes = new byte[least + random.nextInt(most - least + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Peer peer() {
        byte[] address = bytes(1, SwimMember.MAX_ADDRESS_BYTES);
        for (int i = 0; i < address.length; i++) {
            address[i] = (byte) ('a' + Math.floorMod(address[i], 26));
        }
        Peer peer = new Peer(
                bytes(1, SwimMember.MAX_NAME_BYTES),
                new String(address),
                bytes(0, SwimMember.MAX_METADATA_BYTES),
                random.nextLong(),
                random.nextLong() >>> (4 + random.nextInt(59)));
        peer.state = State.values()[random.nextInt(4)];
        if (random.nextBoolean()) {
            peer.detailsIncarnation = random.nextInt(100);
        }
        if (peer.state == State.SUSPECT) {
            peer.suspicion = new Suspicion(0, 1, 1, 2);
            for (int i = random.nextInt(4); i > 0; i--) {
                peer.suspicion.accuse(random.nextLong(), 0);
            }
        }
        return peer;
    }

    private static String describe(Update update) {
        StringBuilder text = new StringBuilder(
                Arrays.toString(update.name()) + update.state + update.instance + "/" + update.incarnation);
        for (int i = 0; i < update.accuserCount; i++) {
            text.append(",").append(update.accusers[i]);
        }
        return text.toString();
    }

    private static String describe(Peer peer) {
        StringBuilder text =
                new StringBuilder(Arrays.toString(peer.name) + peer.state + peer.instance + "/" + peer.incarnation);
        for (int i = 0; peer.suspicion != null && i < peer.suspicion.count(); i++) {
            text.append(",").append(peer.suspicion.accuser(i));
        }
        return text.toString();
    }

    @Test
    void update_thatWasWritten_isReadAlike() {
        Message message = new Message();
        for (int i = 0; i < CASES; i++) {
            Peer sender = peer();
            Peer about = peer();
            boolean detailed = random.nextBoolean();
            WireWriter out = new WireWriter(1_168).begin(Message.PING, sender, 5, 1_168);
            long nonce = random.nextLong();
            out.fixed(nonce).target(about.name, about.instance, about.incarnation);
            assertThat(out.update(about, detailed))
                    .as("any member fits with any head")
                    .isTrue();
            byte[] bytes = out.take();
            assertThat(message.read(bytes)).isTrue();
            assertThat(message.senderInstance).isEqualTo(sender.instance);
            assertThat(message.senderIncarnation).isEqualTo(sender.incarnation);
            assertThat(message.nonce).isEqualTo(nonce);
            assertThat(message.targetInstance).isEqualTo(about.instance);
            Update read = message.update(0);
            assertThat(describe(read)).isEqualTo(describe(about));
            assertThat(read.detailed).isEqualTo(detailed || about.state == State.ALIVE);
            if (read.detailed) {
                assertThat(read.address()).isEqualTo(about.address);
                assertThat(read.metadata()).isEqualTo(about.metadata);
                assertThat(read.detailsIncarnation).isEqualTo(about.detailsIncarnation);
            }
        }
    }

    @Test
    void truncatedMessage_isRefused() {
        Message message = new Message();
        for (int i = 0; i < 2_000; i++) {
            WireWriter out =
                    new WireWriter(1_168).begin(Message.ACK, peer(), 5, 1_168).fixed(7);
            int head = out.take().length;
            out.update(peer(), true);
            byte[] whole = out.take();
            int cut = random.nextInt(whole.length);
            assertThat(message.read(Arrays.copyOf(whole, cut)))
                    .as(cut + " of " + whole.length)
                    .isEqualTo(cut == head);
        }
    }

    @Test
    void garbage_isRefusedWithoutAnException() {
        Message message = new Message();
        int taken = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] bytes = bytes(0, 300);
            if (bytes.length > 1 && random.nextBoolean()) {
                bytes[0] = WireWriter.VERSION;
                bytes[1] = (byte) (1 + random.nextInt(6));
            }
            taken += message.read(bytes) ? 1 : 0;
        }
        assertThat(taken).isLessThan(CASES / 100);
    }

    @Test
    void otherVersion_andNumbersOutOfBounds_areRefused() {
        Message message = new Message();
        Peer peer = new Peer("a".getBytes(), "a", new byte[0], 1, WireWriter.MAX_NUMBER);
        byte[] bytes = new WireWriter(100).begin(Message.GOSSIP, peer, 5, 100).take();
        assertThat(message.read(bytes)).isTrue();
        bytes[0] = 2;
        assertThat(message.read(bytes)).isFalse();
        peer.incarnation = WireWriter.MAX_NUMBER + 1;
        assertThat(message.read(
                        new WireWriter(100).begin(Message.GOSSIP, peer, 5, 100).take()))
                .isFalse();
        assertThat(message.read(new byte[0])).isFalse();
    }
}
