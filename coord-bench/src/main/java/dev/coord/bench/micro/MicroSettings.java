package dev.coord.bench.micro;

import java.util.regex.Pattern;

/**
 * What to measure, and how long.
 *
 * @param quick whether it is a short run, of small states only, whose times tell little more than that all works
 * @param include which operations: those in whose title it is found
 */
public record MicroSettings(boolean quick, Pattern include) {

    /**
     * Reads them from system properties.
     *
     * @return the settings
     * @throws IllegalArgumentException if a property is not understood
     */
    public static MicroSettings ofProperties() {
        return new MicroSettings(
                Boolean.getBoolean("bench.quick"), Pattern.compile(System.getProperty("bench.include", "")));
    }
}
