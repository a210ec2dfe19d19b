package dev.coord.recipes.mirror;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;
import java.util.function.Function;

/**
 * Turns what a program works with into the bytes of a {@link Value} and back. Implementations are pure, do not block, and are safe
 * for use by any thread.
 *
 * @param <V> what the program works with
 */
public interface Codec<V> {

    /**
     * Encodes.
     *
     * @param value what to store
     * @return its bytes
     * @throws IllegalArgumentException if it cannot be stored, such as for its size
     */
    Value encode(V value);

    /**
     * Decodes.
     *
     * @param bytes what was stored, perhaps by another version of the program, or by another program
     * @return the value, not null
     * @throws RuntimeException if the bytes are none of this codec's
     */
    V decode(Value bytes);

    /**
     * Returns the codec of well-formed UTF-8 text.
     *
     * @return the codec; it refuses malformed bytes instead of replacing them
     */
    static Codec<String> text() {
        return of(Value::of, Codecs::strictText);
    }

    /**
     * Returns the codec that leaves bytes as they are.
     *
     * @return the codec
     */
    static Codec<Value> bytes() {
        return of(Function.identity(), Function.identity());
    }

    /**
     * Returns a codec made of two functions.
     *
     * @param <V> what the program works with
     * @param encoder as {@link #encode}
     * @param decoder as {@link #decode}
     * @return the codec
     */
    static <V> Codec<V> of(Function<? super V, Value> encoder, Function<Value, ? extends V> decoder) {
        requireNonNull(encoder, "encoder");
        requireNonNull(decoder, "decoder");
        return new Codec<>() {
            @Override
            public Value encode(V value) {
                return encoder.apply(value);
            }

            @Override
            public V decode(Value bytes) {
                return decoder.apply(bytes);
            }
        };
    }
}
