package dev.coord.chaos.points;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.AdviceAdapter;
import org.objectweb.asm.commons.Method;

/** Adds a call of {@link Points#reached} to the methods of the points. */
final class Weaver implements ClassFileTransformer {
    private static final Type POINTS = Type.getType(Points.class);
    private static final Method REACHED = Method.getMethod("void reached(String)");

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        List<Point> own = Stream.of(Point.values())
                .filter(point -> point.type().equals(className))
                .toList();
        return own.isEmpty() ? null : weave(bytes, own);
    }

    static byte[] weave(byte[] bytes, List<Point> points) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new WovenClass(writer, points), ClassReader.EXPAND_FRAMES);
        return writer.toByteArray();
    }

    private static final class WovenClass extends ClassVisitor {
        private final List<Point> points;

        WovenClass(ClassVisitor next, List<Point> points) {
            super(Opcodes.ASM9, next);
            this.points = points;
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            boolean real = (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_BRIDGE)) == 0;
            return real ? new WovenMethod(next, access, name, descriptor, points) : next;
        }
    }

    private static final class WovenMethod extends AdviceAdapter {
        private final String method;
        private final List<Point> points;

        WovenMethod(MethodVisitor next, int access, String name, String descriptor, List<Point> points) {
            super(Opcodes.ASM9, next, access, name, descriptor);
            this.method = name;
            this.points = points;
        }

        @Override
        protected void onMethodEnter() {
            call(true);
        }

        @Override
        protected void onMethodExit(int opcode) {
            if (opcode != ATHROW) {
                call(false);
            }
        }

        private void call(boolean start) {
            for (Point point : points) {
                if (point.isAt(method, start)) {
                    push(point.text());
                    invokeStatic(POINTS, REACHED);
                }
            }
        }
    }
}
