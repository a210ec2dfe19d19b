package dev.coord.recipes.broadcast;

import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.util.Arrays;

/**
 * The answer to a {@link Parcel}.
 *
 * @param status what the receiver makes of its sender
 * @param life of the process that answers
 * @param received up to which number of the channel everything is received; less than the parcel's if it was not taken
 * @param member who has restarted, if the group is over; else empty
 */
record Receipt(Status status, Life life, long received, String member) {

    enum Status {
        RECEIVED(1),
        /** The group has ended, as a member restarted. */
        OVER(2),
        /** A later process of the sender's was heard of. */
        REPLACED(3);

        private final int code;

        Status(int code) {
            this.code = code;
        }

        static Status of(int code) {
            return Arrays.stream(values())
                    .filter(status -> status.code == code)
                    .findFirst()
                    .orElseThrow(() -> Wire.unknown(code));
        }
    }

    byte[] encode() {
        return life.writeTo(new WireWriter(status.code))
                .number(received)
                .text(member)
                .done();
    }

    static Receipt decode(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        return new Receipt(Status.of(in.kind()), Life.read(in), in.number(), in.text());
    }
}
