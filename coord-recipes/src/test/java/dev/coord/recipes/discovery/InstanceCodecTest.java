package dev.coord.recipes.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.kv.Value;
import dev.coord.recipes.internal.Presence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InstanceCodecTest {
    private static final InstanceCodec CODEC = InstanceCodec.INSTANCE;

    private static Value framed(ServiceInstance instance) {
        return Presence.framed(3, CODEC.encode(instance));
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(6), 0, 4)
                .mapToObj(i -> new String[] {"a", "\u00e9", "\ud83d\ude00", "\0"}[i])
                .reduce("", String::concat);
    }

    private static ServiceInstance any(Random random) {
        Map<String, String> metadata = new HashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            metadata.put(text(random), text(random));
        }
        return new ServiceInstance("i" + text(random), text(random), random.nextDouble() * 9, metadata);
    }

    @Test
    void instance_isTheSameAfterwards_andItsBytesAreOneForm() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            ServiceInstance instance = any(random);
            assertThat(CODEC.decode(framed(instance))).isEqualTo(instance);
            assertThat(CODEC.encode(instance.withMetadata(new HashMap<>(instance.metadata()))))
                    .isEqualTo(CODEC.encode(instance));
        }
    }

    @Test
    void format_isThatOfTheFirstVersion() {
        Value value = framed(ServiceInstance.of("i1", "h:1").withMetadata(Map.of("z", "1", "a", "2")));
        assertThat(HexFormat.of().formatHex(value.toByteArray()))
                .isEqualTo("0000000000000003" + "01" + "3ff0000000000000" + "00000006" + "000000026931"
                        + "00000003683a31" + "0000000161" + "0000000132" + "000000017a" + "0000000131");
    }

    @Test
    void damagedBytes_areRefusedOrAnInstance_neverAnythingElse() {
        Random random = new Random(2);
        int refused = 0;
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = framed(any(random)).toByteArray();
            if (random.nextBoolean()) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 9));
            } else {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                assertThat(CODEC.decode(Value.of(bytes)).id()).isNotEmpty();
            } catch (RuntimeException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1500);
    }

    @Test
    void instances_thatAreNone_areRefused() {
        assertThatThrownBy(() -> ServiceInstance.of("", "x")).isInstanceOf(IllegalArgumentException.class);
        for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> ServiceInstance.of("a", "x").withWeight(weight))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        ServiceInstance large = ServiceInstance.of("a", "x".repeat(Value.MAX_BYTES));
        assertThatThrownBy(() -> CODEC.encode(large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes");
    }
}
