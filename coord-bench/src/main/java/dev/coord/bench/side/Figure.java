package dev.coord.bench.side;

import dev.coord.bench.Load;
import java.util.Locale;

/** What is looked at of what was measured. */
enum Figure {
    /** Operations a second. */
    RATE("%,.0f/s"),
    /** The median latency in milliseconds. */
    LATENCY("%.3f ms"),
    /** The 99th percentile in milliseconds. */
    TAIL("%.3f ms"),
    /** A number of bytes. */
    BYTES("%,.0f B"),
    /** A number. */
    COUNT("%,.2f"),
    /** A ratio. */
    TIMES("%,.2f times");

    private final String format;

    Figure(String format) {
        this.format = format;
    }

    double of(Load.Figures figures) {
        return switch (this) {
            case RATE, BYTES, COUNT, TIMES -> figures.perSecond();
            case LATENCY -> figures.p50Micros() / 1000;
            case TAIL -> figures.p99Micros() / 1000;
        };
    }

    String text(double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
