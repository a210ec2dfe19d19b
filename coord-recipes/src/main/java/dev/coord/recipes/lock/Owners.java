package dev.coord.recipes.lock;

import static java.util.Objects.requireNonNull;

/** What the locks that know owners share. */
final class Owners {

    private Owners() {}

    static String check(String owner) {
        requireNonNull(owner, "owner");
        if (owner.isEmpty()) {
            throw new IllegalArgumentException("an owner without a name; say who asks, or leave the owner out");
        }
        return owner;
    }
}
