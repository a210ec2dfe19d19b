package dev.coord.recipes.postgres;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Says what nobody is to overlook, once: past a test runner that keeps what tests print in files. */
final class Loud {
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private Loud() {}

    static void say(String message) {
        if (SAID.add(message)) {
            PrintStream console =
                    new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
            console.println("\n*** " + message + " ***\n");
            System.err.println(message);
        }
    }
}
