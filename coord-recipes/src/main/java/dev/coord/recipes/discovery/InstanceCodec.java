package dev.coord.recipes.discovery;

import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.internal.Presence;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An instance as bytes: a version, the weight, then the id, the address and the metadata in the order of its keys, each text
 * as its length and UTF-8. Decodes the value of a presence, but encodes only its content, as the number is the presence's.
 */
final class InstanceCodec implements Codec<ServiceInstance> {
    static final InstanceCodec INSTANCE = new InstanceCodec();
    private static final byte VERSION = 1;

    private InstanceCodec() {}

    @Override
    public Value encode(ServiceInstance instance) {
        List<byte[]> texts = new ArrayList<>();
        texts.add(utf8(instance.id()));
        texts.add(utf8(instance.address()));
        new TreeMap<>(instance.metadata()).forEach((key, value) -> {
            texts.add(utf8(key));
            texts.add(utf8(value));
        });
        long size = 1 + Double.BYTES + Integer.BYTES;
        for (byte[] text : texts) {
            size += Integer.BYTES + text.length;
        }
        if (size > Value.MAX_BYTES - Long.BYTES) {
            throw new IllegalArgumentException("instance " + instance.id() + " takes " + size
                    + " bytes; the largest has " + (Value.MAX_BYTES - Long.BYTES));
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        bytes.put(VERSION).putDouble(instance.weight()).putInt(texts.size());
        texts.forEach(text -> bytes.putInt(text.length).put(text));
        return Value.of(bytes.array());
    }

    @Override
    public ServiceInstance decode(Value framed) {
        ByteBuffer bytes = Presence.content(framed).asByteBuffer();
        byte version = bytes.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("an instance of format " + version + "; this one reads " + VERSION);
        }
        double weight = bytes.getDouble();
        int count = bytes.getInt();
        List<String> texts = new ArrayList<>();
        while (bytes.hasRemaining()) {
            texts.add(text(bytes));
        }
        if (texts.size() != count || count < 2 || count % 2 != 0) {
            throw new IllegalArgumentException("an instance of " + texts.size() + " texts instead of " + count);
        }
        Map<String, String> metadata = new HashMap<>();
        for (int i = 2; i < count; i += 2) {
            metadata.put(texts.get(i), texts.get(i + 1));
        }
        return new ServiceInstance(texts.get(0), texts.get(1), weight, metadata);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer bytes) {
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException(
                    "a text of " + length + " bytes where " + bytes.remaining() + " are left");
        }
        byte[] text = new byte[length];
        bytes.get(text);
        return Codec.text().decode(Value.of(text));
    }
}
