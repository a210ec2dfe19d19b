package dev.coord.recipes.broadcast;

import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;

/** A message on its way through a {@link Channel}. Immutable, but for its body, which nobody changes. */
final class Parcel {
    private static final int VERSION = 1;

    /** Of the process that sends. */
    final Life life;

    /** Which of its channels to the receiver; each later one is greater. */
    final long epoch;

    /** Whom it is for; unknown if the receiver has not been heard of. */
    final Life target;

    /** Its place in the channel, from 1. */
    final long number;

    final byte[] body;

    Parcel(Life life, long epoch, Life target, long number, byte[] body) {
        this.life = life;
        this.epoch = epoch;
        this.target = target;
        this.number = number;
        this.body = body;
    }

    byte[] encode() {
        WireWriter out = life.writeTo(new WireWriter(VERSION)).number(epoch);
        return target.writeTo(out).number(number).rest(body).done();
    }

    static Parcel decode(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        int version = in.kind();
        if (version != VERSION) {
            throw Wire.unknown(version);
        }
        return new Parcel(Life.read(in), in.number(), Life.read(in), in.number(), in.rest());
    }
}
