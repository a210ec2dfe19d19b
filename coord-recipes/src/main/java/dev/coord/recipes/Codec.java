package dev.coord.recipes;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;
import java.util.function.Function;

/**
 * Turns objects into stored values and back. Implementations are pure, safe for use by any thread, and do not wait: they
 * run on the caller's thread and on the peer's callback threads.
 *
 * @param <V> the objects, never null
 */
public interface Codec<V> {

    /**
     * Writes an object.
     *
     * @param object what to write
     * @return its value; equal objects that are to be compared in the store must have equal values
     * @throws RuntimeException if it cannot be written, such as for an {@link IllegalArgumentException}; the caller gets it
     */
    Value encode(V object);

    /**
     * Reads an object.
     *
     * @param value what {@link #encode} returned, perhaps in an older version of the program, or what somebody else wrote
     * @return the object
     * @throws RuntimeException if the value is none of this codec's; each recipe tells what it does then
     */
    V decode(Value value);

    /**
     * Returns the codec of text, as well-formed UTF-8.
     *
     * @return the codec; it refuses malformed bytes instead of replacing them
     */
    static Codec<String> text() {
        return of(Value::of, Codecs::strictText);
    }

    /**
     * Returns the codec that leaves values as they are.
     *
     * @return the codec
     */
    static Codec<Value> raw() {
        return of(Function.identity(), Function.identity());
    }

    /**
     * Makes a codec of two functions.
     *
     * @param <V> the objects
     * @param encode as {@link #encode}
     * @param decode as {@link #decode}
     * @return the codec
     */
    static <V> Codec<V> of(Function<? super V, Value> encode, Function<Value, ? extends V> decode) {
        requireNonNull(encode, "encode");
        requireNonNull(decode, "decode");
        return new Codec<>() {
            @Override
            public Value encode(V object) {
                return encode.apply(object);
            }

            @Override
            public V decode(Value value) {
                return decode.apply(value);
            }
        };
    }
}
