package dev.coord.recipes.internal;

import dev.coord.kv.Keys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; the weights as in Schindelhauer and Schomaker 2005): every
 * node scores each key, the highest score wins.
 *
 * <p>A score depends on its key, its node and the node's weight alone. So when a node leaves, only its keys move; when one
 * comes or gains weight, keys move only to it; and a node gets a share of the keys in proportion to its weight. Choosing
 * costs one mix and one logarithm for each node. Scores are the same on every JVM: the hash is of UTF-8 bytes, and the
 * logarithm is {@link StrictMath}'s. Pure; safe for use by any thread.
 */
public final class RendezvousHash {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double ULP_53 = 0x1.0p-53;

    private RendezvousHash() {}

    /** A node with its score for some key. */
    private record Scored<T>(T node, String name, double score) {
        /** The highest first; of equal scores, which are as rare as collisions, the first name in key order. */
        static final Comparator<Scored<?>> BEST_FIRST =
                Comparator.<Scored<?>>comparingDouble(Scored::score).reversed().thenComparing(Scored::name, Keys.ORDER);
    }

    /**
     * Returns the hash of a text's UTF-8 bytes.
     *
     * @param text well-formed text, for lone surrogates are all alike
     * @return 64 well-mixed bits, the same on every JVM and in every version
     */
    public static long hash(String text) {
        ByteBuffer bytes =
                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).order(ByteOrder.LITTLE_ENDIAN);
        long hash = mix(GOLDEN + bytes.remaining());
        while (bytes.remaining() >= Long.BYTES) {
            hash = mix((hash ^ bytes.getLong()) + GOLDEN);
        }
        long tail = 0;
        while (bytes.hasRemaining()) {
            tail = (tail << Byte.SIZE) | (bytes.get() & 0xFF);
        }
        return mix((hash ^ tail) + GOLDEN);
    }

    /**
     * Spreads what distinguishes two numbers over all bits: the finaliser of SplitMix64 (Steele, Lea and Flood 2014), a
     * bijection.
     *
     * @param bits any number
     * @return the mixed number
     */
    public static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /**
     * Returns how much a node is to have a key.
     *
     * @param keyHash the {@link #hash} of the key
     * @param nodeHash the {@link #hash} of the node's name
     * @param weight the node's weight, finite and positive
     * @return a positive number; the node with the greatest has the key
     * @throws IllegalArgumentException if the weight is not positive and finite
     */
    public static double score(long keyHash, long nodeHash, double weight) {
        if (!(weight > 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("weight " + weight + "; it must be positive and finite");
        }
        // Multiplied, so that the same two hashes with their parts exchanged give another number.
        long mixed = mix((keyHash * GOLDEN) ^ nodeHash);
        double uniform = ((mixed >>> 11) + 0.5) * ULP_53;
        return -weight / StrictMath.log(uniform);
    }

    /**
     * Returns the node that has a key.
     *
     * @param <T> the nodes
     * @param key the key
     * @param nodes the nodes, of different names
     * @param name the name of a node
     * @param weight the weight of a node, finite and not negative; a node of weight 0 has no keys
     * @return the node, empty if there is none with a weight
     * @throws IllegalArgumentException if a weight is negative or not finite
     */
    public static <T> Optional<T> pick(
            String key, Collection<T> nodes, Function<T, String> name, ToDoubleFunction<T> weight) {
        return scored(key, nodes, name, weight).stream().min(Scored.BEST_FIRST).map(Scored::node);
    }

    /**
     * Returns the nodes in the order in which they are to have a key: the second has it when the first is gone.
     *
     * @param <T> the nodes
     * @param key the key
     * @param nodes the nodes, of different names
     * @param name the name of a node
     * @param weight the weight of a node, finite and not negative; a node of weight 0 is left out
     * @return the nodes, the best first
     * @throws IllegalArgumentException if a weight is negative or not finite
     */
    public static <T> List<T> ranked(
            String key, Collection<T> nodes, Function<T, String> name, ToDoubleFunction<T> weight) {
        return scored(key, nodes, name, weight).stream()
                .sorted(Scored.BEST_FIRST)
                .map(Scored::node)
                .toList();
    }

    private static <T> List<Scored<T>> scored(
            String key, Collection<T> nodes, Function<T, String> name, ToDoubleFunction<T> weight) {
        long keyHash = hash(key);
        List<Scored<T>> scored = new ArrayList<>(nodes.size());
        for (T node : nodes) {
            double share = weight.applyAsDouble(node);
            if (share != 0) {
                String itsName = name.apply(node);
                scored.add(new Scored<>(node, itsName, score(keyHash, hash(itsName), share)));
            }
        }
        return scored;
    }
}
