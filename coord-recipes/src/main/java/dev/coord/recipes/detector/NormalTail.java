package dev.coord.recipes.detector;

/**
 * The upper tail of the standard normal distribution, by its logarithm: far out the tail itself is smaller than any
 * {@code double}, its logarithm is not.
 *
 * <p>Up to {@link #CUT} deviations from the mean by the series of the distribution function (Abramowitz and Stegun 26.2.11),
 * beyond by the continued fraction of Mills' ratio (26.2.14). Both were chosen because all of their terms are positive, so
 * nothing cancels: the relative error stays below 1e-12 everywhere.
 */
final class NormalTail {
    private static final double CUT = 2.5;
    private static final double LOG_ROOT_2_PI = 0.5 * Math.log(2 * Math.PI);
    private static final double ROOT_2_PI = Math.sqrt(2 * Math.PI);
    private static final double LN_10 = Math.log(10);
    private static final int FRACTION_DEPTH = 80;

    private NormalTail() {}

    /** Returns −log10 of the probability of a value above y; from 0 (as y falls) without bound, never infinite. */
    static double minusLog10(double y) {
        if (y > CUT) {
            return (y * y / 2 + LOG_ROOT_2_PI - Math.log(millsRatio(y))) / LN_10;
        }
        if (y < -CUT) {
            return -Math.log1p(-density(y) * millsRatio(-y)) / LN_10;
        }
        return -Math.log(0.5 - centre(y)) / LN_10;
    }

    private static double density(double y) {
        return Math.exp(-y * y / 2) / ROOT_2_PI;
    }

    /** The probability of a value between 0 and y, negative for a negative y: density · (y + y³/3 + y⁵/(3·5) + …). */
    private static double centre(double y) {
        double term = y;
        double sum = y;
        for (int odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) {
            term *= y * y / odd;
            sum += term;
        }
        return density(y) * sum;
    }

    /** Tail divided by density: 1/(y + 1/(y + 2/(y + 3/(y + …)))), from its deep end. */
    private static double millsRatio(double y) {
        double fraction = y;
        for (int k = FRACTION_DEPTH; k >= 1; k--) {
            fraction = y + k / fraction;
        }
        return 1 / fraction;
    }
}
