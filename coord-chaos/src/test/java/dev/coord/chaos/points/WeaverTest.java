package dev.coord.chaos.points;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class WeaverTest {

    /** A name that no method has any more would never be reached, and nobody would know. */
    @ParameterizedTest
    @EnumSource(Point.class)
    void point_isInTheCode(Point point) throws IOException {
        byte[] original;
        try (InputStream in = WeaverTest.class.getResourceAsStream("/" + point.type() + ".class")) {
            original = in.readAllBytes();
        }
        List<Point> own = Stream.of(Point.values())
                .filter(other -> other.type().equals(point.type()))
                .toList();
        assertThat(reached(Weaver.weave(original, own))).contains(point.text());
        assertThat(reached(original)).isEmpty();
    }

    private static Set<String> reached(byte[] bytes) {
        Set<String> found = new TreeSet<>();
        new ClassReader(bytes)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] thrown) {
                                return new CallFinder(found);
                            }
                        },
                        0);
        return found;
    }

    private static final class CallFinder extends MethodVisitor {
        private final Set<String> found;
        private String last = "";

        CallFinder(Set<String> found) {
            super(Opcodes.ASM9);
            this.found = found;
        }

        @Override
        public void visitLdcInsn(Object value) {
            last = String.valueOf(value);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (owner.equals("dev/coord/chaos/points/Points")) {
                found.add(last);
            }
        }
    }
}
