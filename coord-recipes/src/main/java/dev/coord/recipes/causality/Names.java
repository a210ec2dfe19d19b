package dev.coord.recipes.causality;

import org.jspecify.annotations.Nullable;

/** Names of processes and replicas: those that a peer may have, so that a peer's id is always a name here. */
final class Names {
    private static final int MAX_LENGTH = 64;

    private Names() {}

    static boolean isPart(char c) {
        return isLetterOrDigit(c) || c == '.' || c == '_' || c == '-';
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    /** Says what is wrong with a name; null if nothing is. */
    static @Nullable String objection(String name) {
        boolean good = !name.isEmpty() && name.length() <= MAX_LENGTH && isLetterOrDigit(name.charAt(0));
        for (int i = 1; good && i < name.length(); i++) {
            good = isPart(name.charAt(i));
        }
        return good
                ? null
                : "a process must be named by 1 to " + MAX_LENGTH
                        + " ASCII letters, digits, '.', '_' or '-', a letter or digit first";
    }

    static String check(String name) {
        String objection = objection(name);
        if (objection != null) {
            throw new IllegalArgumentException("the name \"" + name + "\": " + objection);
        }
        return name;
    }
}
