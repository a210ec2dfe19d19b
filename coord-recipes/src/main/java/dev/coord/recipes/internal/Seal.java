package dev.coord.recipes.internal;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves that a datagram was written by somebody who has the shared key: HMAC-SHA256 (RFC 2104, FIPS 180-4) over a context
 * and the payload. It hides nothing, and it does not tell a datagram from its copy: whoever must not accept a replay puts
 * what is fresh into the payload.
 *
 * <p>The context is what both sides know without being told: the protocol, the cluster, who sends to whom. It is not sent, so
 * a datagram opens nowhere but where it was sealed for. Its length is covered too; no byte can move between context and
 * payload.
 *
 * <p>A sealed datagram is the tag of {@link #OVERHEAD} bytes and then the payload. Immutable, safe for use by any thread.
 */
public final class Seal {
    /** How much longer than its payload a sealed datagram is, in bytes. */
    public static final int OVERHEAD = 32;

    /** The shortest key, in bytes: a shorter one could be guessed from a single datagram. */
    public static final int MIN_KEY = 16;

    /** The most keys; more would make each forged datagram cost as many digests. */
    public static final int MAX_KEYS = 8;

    private static final String ALGORITHM = "HmacSHA256";

    private final List<SecretKeySpec> keys;

    /**
     * Creates a seal.
     *
     * @param keys 1 to {@value #MAX_KEYS} keys of at least {@value #MIN_KEY} bytes, copied. The first seals, each opens, so a
     *     new key is added last everywhere, then moved first everywhere, and then the old one is removed
     * @throws IllegalArgumentException if there are none or too many, or one is too short
     */
    public Seal(List<byte[]> keys) {
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException(
                    "there must be 1 to " + MAX_KEYS + " keys, the first of which signs, but there are " + keys.size());
        }
        this.keys = keys.stream().map(Seal::checked).toList();
    }

    private static SecretKeySpec checked(byte[] key) {
        if (key.length < MIN_KEY) {
            throw new IllegalArgumentException("a key of " + key.length + " bytes can be guessed; take at least "
                    + MIN_KEY + " random bytes, 32 are best");
        }
        return new SecretKeySpec(key, ALGORITHM);
    }

    /**
     * Seals a payload.
     *
     * @param context what the other side must know as well to open it
     * @param payload the payload, copied
     * @return the sealed datagram
     */
    public byte[] seal(byte[] context, byte[] payload) {
        byte[] tag = tag(keys.get(0), context, payload, 0);
        byte[] sealed = Arrays.copyOf(tag, OVERHEAD + payload.length);
        System.arraycopy(payload, 0, sealed, OVERHEAD, payload.length);
        return sealed;
    }

    /**
     * Opens a sealed datagram. Takes as long whether the tag differs in its first byte or in its last.
     *
     * @param context the same as it was sealed with
     * @param sealed any bytes
     * @return the payload; empty unless it was sealed so with one of the keys
     */
    public Optional<byte[]> open(byte[] context, byte[] sealed) {
        if (sealed.length < OVERHEAD) {
            return Optional.empty();
        }
        byte[] told = Arrays.copyOf(sealed, OVERHEAD);
        for (SecretKeySpec key : keys) {
            if (MessageDigest.isEqual(told, tag(key, context, sealed, OVERHEAD))) {
                return Optional.of(Arrays.copyOfRange(sealed, OVERHEAD, sealed.length));
            }
        }
        return Optional.empty();
    }

    private static byte[] tag(SecretKeySpec key, byte[] context, byte[] bytes, int from) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(context.length).array());
            mac.update(context);
            mac.update(bytes, from, bytes.length - from);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform must have " + ALGORITHM + ", but this one fails", e);
        }
    }
}
