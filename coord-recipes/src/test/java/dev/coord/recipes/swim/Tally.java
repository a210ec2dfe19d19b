package dev.coord.recipes.swim;

import java.util.Arrays;
import java.util.Locale;

/** What is measured of a detector while it runs. */
final class Tally {
    private static final double NANOS = 1e9;

    private long[] firsts = new long[64];
    private long[] lasts = new long[64];
    private int crashes;
    private long crashedAt = -1;
    private long first;
    private long last;

    /** Of all crashes, how many observers did not know in the end. */
    long missed;

    /** Live members taken for dead, by each observer and each time. */
    long falsePositives;

    long messages;
    long nanos;

    void crashed(long at) {
        crashedAt = at;
        first = Long.MAX_VALUE;
        last = Long.MIN_VALUE;
    }

    void detected(long at) {
        first = Math.min(first, at);
        last = Math.max(last, at);
    }

    /** The one that had crashed is about to start again. */
    void crashEnds(int unaware) {
        missed += unaware;
        if (first != Long.MAX_VALUE) {
            if (crashes == firsts.length) {
                firsts = Arrays.copyOf(firsts, 2 * crashes);
                lasts = Arrays.copyOf(lasts, 2 * crashes);
            }
            firsts[crashes] = first - crashedAt;
            lasts[crashes++] = last - crashedAt;
        }
        crashedAt = -1;
    }

    int crashes() {
        return crashes;
    }

    double first(double share) {
        return quantile(firsts, share);
    }

    double last(double share) {
        return quantile(lasts, share);
    }

    private double quantile(long[] values, double share) {
        if (crashes == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(values, crashes);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(crashes - 1, Math.floor(share * crashes))] / NANOS;
    }

    double messagesPerMemberAndSecond() {
        return messages / (nanos / NANOS) / Conditions.MEMBERS;
    }

    double hours() {
        return nanos / NANOS / 3600;
    }

    /** The columns of the table. */
    String row() {
        return String.format(
                Locale.ROOT,
                "%7.1f %7.1f %7.1f %7.1f  %6d %6d  %9d  %8.2f  %5.1f",
                first(0.5),
                first(0.99),
                last(0.5),
                last(0.99),
                crashes,
                missed,
                falsePositives,
                messagesPerMemberAndSecond(),
                hours());
    }

    static String head() {
        return String.format(
                Locale.ROOT,
                "%7s %7s %7s %7s  %6s %6s  %9s  %8s  %5s",
                "1st p50",
                "1st p99",
                "all p50",
                "all p99",
                "deaths",
                "missed",
                "false",
                "msgs/m/s",
                "hours");
    }
}
