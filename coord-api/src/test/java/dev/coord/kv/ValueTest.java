package dev.coord.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class ValueTest {

    @Test
    void value_isACopy_inAndOut() {
        byte[] bytes = {1, 2, 3};
        Value value = Value.of(bytes);
        bytes[0] = 9;
        value.toByteArray()[1] = 9;
        assertThat(value.toByteArray()).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> value.asByteBuffer().put((byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void size_largest_passes_oneByteMoreDoesNot() {
        assertThat(Value.of(new byte[Value.MAX_BYTES]).size()).isEqualTo(1 << 20);
        assertThatThrownBy(() -> Value.of(new byte[Value.MAX_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048577");
        assertThatThrownBy(() -> Value.of("\u00E9".repeat(Value.MAX_BYTES / 2 + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void order_isByUnsignedBytes_andEqualityByContent() {
        assertThat(Value.of(new byte[] {(byte) 0x80})).isGreaterThan(Value.of(new byte[] {0x7F}));
        assertThat(Value.of("a")).isEqualTo(Value.of(new byte[] {'a'})).hasSameHashCodeAs(Value.of("a"));
        assertThat(Value.of("")).isSameAs(Value.EMPTY);
    }

    @Test
    void toString_showsNoContent() {
        assertThat(Value.of("secret").toString()).isEqualTo("Value(6 bytes)");
    }
}
