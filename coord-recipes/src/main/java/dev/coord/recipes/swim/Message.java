package dev.coord.recipes.swim;

import java.util.Arrays;

/**
 * A message as it was read; reused for the next.
 *
 * <p>Each begins with version, kind, the instance of the process that it is for, the number of the message, and who sends it:
 * name, instance, incarnation. A process takes only what is for itself, so that nothing that was sent to its former self comes to it again;
 * but for {@link #TELL_ME}, which is for anybody. {@link #PING} and {@link #PING_REQ} go on
 * with a nonce and whom they are about, {@link #ACK} and {@link #NACK} with the nonce of what they answer, {@link #SYNC} with
 * what it asks for in return, the nonce of what it answers and one of its own. The rest, in all, is gossip, up to the end.
 */
final class Message {
    static final int PING = 1;
    static final int ACK = 2;
    static final int NACK = 3;
    static final int PING_REQ = 4;
    static final int GOSSIP = 5;
    static final int SYNC = 6;

    /** A sync that asks for nothing. */
    static final int TOLD = 0;

    /** A sync of little content that asks for all that the other knows. */
    static final int TELL_ME = 1;

    /** A sync with all that the sender knows, which asks for the same in return. */
    static final int AND_YOU = 2;

    /** The receiver of a message from one who does not know it yet. */
    static final long ANYBODY = 0;

    private final WireReader in = new WireReader();
    private Update[] updates = {new Update()};
    private int updateCount;

    int kind;
    long receiver;
    long number;
    int senderAt;
    int senderLength;
    long senderInstance;
    long senderIncarnation;
    long nonce;

    /** The nonce of the sync that a sync answers. */
    long answered;

    int targetAt;
    int targetLength;
    long targetInstance;
    long targetIncarnation;
    int wish;

    /** Reads a message to its end; tells whether it is one. Nothing of it counts otherwise. */
    boolean read(byte[] bytes) {
        in.open(bytes);
        in.check(in.octet() == WireWriter.VERSION);
        kind = in.octet();
        in.check(kind >= PING && kind <= SYNC);
        receiver = in.fixed();
        number = in.number();
        senderLength = in.length(1, SwimMember.MAX_NAME_BYTES);
        senderAt = in.skip(senderLength);
        senderInstance = in.fixed();
        senderIncarnation = in.number();
        if (kind == SYNC) {
            wish = in.octet();
            in.check(wish <= AND_YOU);
            answered = in.fixed();
            nonce = in.fixed();
        } else if (kind != GOSSIP) {
            nonce = in.fixed();
        }
        if (kind == PING || kind == PING_REQ) {
            targetLength = in.length(1, SwimMember.MAX_NAME_BYTES);
            targetAt = in.skip(targetLength);
            targetInstance = in.fixed();
            targetIncarnation = in.number();
        }
        readUpdates();
        return in.isFine();
    }

    private void readUpdates() {
        updateCount = 0;
        while (in.hasMore()) {
            if (updateCount == updates.length) {
                updates = Arrays.copyOf(updates, 2 * updateCount);
                Arrays.setAll(updates, i -> i < updateCount ? updates[i] : new Update());
            }
            updates[updateCount++].read(in);
        }
    }

    byte[] bytes() {
        return in.bytes();
    }

    int updateCount() {
        return updateCount;
    }

    Update update(int index) {
        return updates[index];
    }
}
