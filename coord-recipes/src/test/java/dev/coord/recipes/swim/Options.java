package dev.coord.recipes.swim;

import java.util.Properties;

/** Numbers from the command line. */
final class Options {
    private Options() {}

    static double number(Properties options, String name, double otherwise, double least, double most) {
        String text = options.getProperty(name, "").strip();
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            double value = Double.parseDouble(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IllegalArgumentException(name + "=" + text + " is not a number from " + least + " to " + most);
    }

    static int threads(Properties options) {
        return (int) number(options, "sim.threads", Runtime.getRuntime().availableProcessors(), 1, 1024);
    }
}
