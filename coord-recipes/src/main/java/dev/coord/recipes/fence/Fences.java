package dev.coord.recipes.fence;

import static java.util.Objects.requireNonNull;

/** The rules of what is fenced, the same wherever its tokens are kept. */
final class Fences {
    static final int LONGEST_NAME = 255;

    private Fences() {}

    static void check(String resource, long token) {
        check(resource);
        if (token <= 0) {
            throw new IllegalArgumentException(
                    "token " + token + "; tokens are positive: take the one of the lock or leadership");
        }
    }

    static void check(String resource) {
        int length = requireNonNull(resource, "resource").length();
        if (length == 0 || length > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "resource name of " + length + " characters; it has 1 to " + LONGEST_NAME);
        }
    }

    static String refusal(String resource, long token, String rest) {
        return "token " + token + " for " + resource + " was refused: " + rest + "; acquire anew to go on";
    }
}
