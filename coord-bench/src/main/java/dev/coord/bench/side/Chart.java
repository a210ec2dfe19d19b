package dev.coord.bench.side;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A picture of writes a second, by operations in flight; the scale is logarithmic. */
final class Chart {
    private static final int LEFT = 190;
    private static final int WIDTH = 520;
    private static final int ROW = 17;
    private static final double LEAST = 100;
    private static final double MOST = 1_000_000;
    private static final List<Contestant> SHOWN = List.of(Contestant.values());

    private Chart() {}

    static String of(Results results) {
        List<String> parts = new ArrayList<>();
        int y = 24;
        for (int width : StoreWorks.WIDTHS) {
            parts.add(text(8, y, "font-weight='bold'", "put, " + width + " in flight"));
            y += ROW;
            for (Contestant who : SHOWN) {
                OptionalDouble rate = results.median(who, "put." + width, Figure.RATE);
                if (rate.isPresent()) {
                    parts.add(bar(y, who, rate.getAsDouble()));
                    y += ROW;
                }
            }
            y += 8;
        }
        return String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>%n"
                        + "<title>Writes a second, logarithmic</title>%n<rect width='100%%' height='100%%' fill='white'/>%n%s%n</svg>%n",
                LEFT + WIDTH + 110,
                y,
                String.join("\n", parts));
    }

    private static String bar(int y, Contestant who, double rate) {
        double length = WIDTH * Math.log(Math.max(rate, LEAST) / LEAST) / Math.log(MOST / LEAST);
        String fill = who.host() == Contestant.COORD ? "#1f6feb" : "#b8c0cc";
        return text(16, y, "", who.title())
                + String.format(
                        Locale.ROOT,
                        "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>",
                        LEFT,
                        y - 11,
                        length,
                        ROW - 4,
                        fill)
                + text((int) (LEFT + length + 6), y, "", Figure.RATE.text(rate));
    }

    private static String text(int x, int y, String style, String words) {
        return "<text x='" + x + "' y='" + y + "' " + style + ">" + words + "</text>";
    }
}
