package dev.coord.recipes.causality;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Forms of every kind: they come back equal, and whatever else is read is either refused by the one exception for it, or the
 * very form of what was read.
 */
class FormProperties extends Seeded {

    /** How a kind is written and read; a kind without a text form reads and writes nothing there. */
    private record Kind<T>(
            Function<Random, T> make,
            Function<T, byte[]> toBytes,
            Function<byte[], T> fromBytes,
            Function<String, ?> parse) {}

    private static final Kind<?>[] KINDS = {
        new Kind<>(Stamps::lamport, LamportClock::toBytes, LamportClock::fromBytes, LamportClock::parse),
        new Kind<>(Stamps::vector, VectorClock::toBytes, VectorClock::fromBytes, VectorClock::parse),
        new Kind<>(Stamps::versions, VersionVector::toBytes, VersionVector::fromBytes, VersionVector::parse),
        new Kind<>(
                Stamps::dotted,
                DottedVersionVector::toBytes,
                DottedVersionVector::fromBytes,
                DottedVersionVector::parse),
        new Kind<>(Stamps::hybrid, HybridTime::toBytes, HybridTime::fromBytes, HybridTime::parse),
        new Kind<>(
                Stamps::treeClock, IntervalTreeClock::toBytes, IntervalTreeClock::fromBytes, IntervalTreeClock::parse),
        new Kind<Siblings<String>>(
                random -> Stamps.one(random, Stamps.copies(random)),
                copy -> copy.toBytes(value -> value.getBytes(ISO_8859_1)),
                bytes -> Siblings.fromBytes(bytes, value -> new String(value, ISO_8859_1)),
                text -> text),
    };

    @Property(tries = 140_000, shrinking = ShrinkingMode.OFF)
    void form_comesBackEqual(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        checkRoundTrip(KINDS[random.nextInt(KINDS.length)], random);
    }

    private static <T> void checkRoundTrip(Kind<T> kind, Random random) {
        T stamp = kind.make.apply(random);
        Object read = kind.fromBytes.apply(kind.toBytes.apply(stamp));
        if (!stamp.equals(read) || stamp.hashCode() != read.hashCode()) {
            assertThat(read).isEqualTo(stamp).hasSameHashCodeAs(stamp);
        }
        String text = stamp.toString();
        Object parsed = kind.parse.apply(text);
        if (!(parsed.equals(stamp) || parsed.equals(text)) || !parsed.toString().equals(text)) {
            assertThat(false).as("%s is read as %s", text, parsed).isTrue();
        }
    }

    @Property(tries = 140_000, shrinking = ShrinkingMode.OFF)
    void damagedBytes_areRefused_orTheFormOfWhatIsRead(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        Kind<?> kind = KINDS[random.nextInt(KINDS.length)];
        checkBytes(kind, damaged(bytes(kind, random), random));
    }

    @Property(tries = 40_000, shrinking = ShrinkingMode.OFF)
    void randomBytes_areRefused_orTheFormOfWhatIsRead(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        Kind<?> kind = KINDS[random.nextInt(KINDS.length)];
        byte[] bytes = new byte[1 + random.nextInt(24)];
        random.nextBytes(bytes);
        bytes[0] = bytes(kind, random)[0];
        checkBytes(kind, bytes);
    }

    private static <T> byte[] bytes(Kind<T> kind, Random random) {
        return kind.toBytes.apply(kind.make.apply(random));
    }

    private static <T> void checkBytes(Kind<T> kind, byte[] bytes) {
        try {
            byte[] again = kind.toBytes.apply(kind.fromBytes.apply(bytes));
            if (!Arrays.equals(again, bytes)) {
                assertThat(again).isEqualTo(bytes);
            }
        } catch (MalformedClockException e) {
            assertWithin(e, bytes.length);
        }
    }

    @Property(tries = 60_000, shrinking = ShrinkingMode.OFF)
    void damagedText_isRefused_orTheFormOfWhatIsRead(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        Kind<?> kind = KINDS[random.nextInt(KINDS.length)];
        byte[] text = kind.make.apply(random).toString().getBytes(ISO_8859_1);
        String damaged = new String(damaged(text, random), ISO_8859_1);
        try {
            String again = kind.parse.apply(damaged).toString();
            if (!again.equals(damaged)) {
                assertThat(again).isEqualTo(damaged);
            }
        } catch (MalformedClockException e) {
            assertWithin(e, damaged.length());
        }
    }

    private static void assertWithin(MalformedClockException e, int length) {
        if (e.offset() < 0 || e.offset() > length) {
            assertThat(e.offset()).as(e.getMessage()).isBetween(0, length);
        }
    }

    /** A bit flipped, a byte replaced, left out or put in, the end cut off; now and then several of these. */
    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] damaged = bytes;
        do {
            int at = random.nextInt(damaged.length + 1);
            int next = Math.min(at + 1, damaged.length);
            byte[] middle = Arrays.copyOfRange(damaged, at, next);
            byte any = (byte) (random.nextBoolean() ? random.nextInt() : "01,:(){}+@;ap".charAt(random.nextInt(13)));
            damaged = switch (random.nextInt(5)) {
                case 0 -> Arrays.copyOf(damaged, at);
                case 1 -> spliced(damaged, at, next, any);
                case 2 -> spliced(damaged, at, next);
                case 3 -> spliced(damaged, at, at, any);
                default ->
                    middle.length == 0
                            ? damaged
                            : spliced(damaged, at, next, (byte) (middle[0] ^ 1 << random.nextInt(8)));
            };
        } while (random.nextInt(4) == 0);
        return damaged;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte... with) {
        byte[] spliced = Arrays.copyOf(bytes, from + with.length + bytes.length - to);
        System.arraycopy(with, 0, spliced, from, with.length);
        System.arraycopy(bytes, to, spliced, from + with.length, bytes.length - to);
        return spliced;
    }
}
