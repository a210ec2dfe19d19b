package dev.coord.recipes.causality;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The binary forms. The first byte of each has the kind in its upper four bits and the version in its lower four. */
enum Form {
    LAMPORT_CLOCK(1),
    VECTOR_CLOCK(2),
    VERSION_VECTOR(3),
    DOTTED_VERSION_VECTOR(4),
    SIBLINGS(5),
    HYBRID_TIME(6),
    INTERVAL_TREE_CLOCK(7);

    private static final int VERSION = 1;

    private final int kind;

    Form(int kind) {
        this.kind = kind;
    }

    byte mark() {
        return (byte) ((kind << 4) | VERSION);
    }

    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Says why a first byte is not that of this form; null if it is. */
    @Nullable
    String objection(byte mark) {
        if (mark == mark()) {
            return null;
        }
        int other = (mark & 0xff) >> 4;
        if (other == kind) {
            return "version " + (mark & 0xf) + "; this one reads " + VERSION;
        }
        return Arrays.stream(values())
                .filter(form -> form.kind == other)
                .map(form -> "it is of the kind " + form.title())
                .findFirst()
                .orElse("no kind has the number " + other);
    }
}
