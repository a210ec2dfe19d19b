package dev.coord.recipes;

import dev.coord.kv.Value;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What {@link Codec} cannot hide. */
final class Codecs {

    private Codecs() {}

    static String strictText(Value bytes) {
        ByteBuffer content = bytes.asByteBuffer();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(content).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8 text: malformed at byte " + content.position(), e);
        }
    }
}
