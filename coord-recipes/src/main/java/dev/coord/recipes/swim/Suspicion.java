package dev.coord.recipes.swim;

/**
 * How long one member is suspected: long, as long as nobody confirms it, and shorter the more do (Lifeguard's local health
 * aware suspicion, Dadgar et al. §IV-B). Whoever accuses is known by its instance.
 */
final class Suspicion {
    private final long began;
    private final long min;
    private final long max;
    private final int wanted;
    private final long[] accusers;
    private int count;
    private long due;

    /** Where it stands in the list of suspicions. */
    int index;

    /**
     * Begins.
     *
     * @param wanted how many confirmations make it as short as it gets
     */
    Suspicion(long began, long min, long max, int wanted) {
        this.began = began;
        this.min = min;
        this.max = max;
        this.wanted = wanted;
        this.accusers = new long[1 + Math.min(wanted, Update.MAX_ACCUSERS - 1)];
        this.due = began + timeout(min, max, 0, wanted);
    }

    /** Adds an accuser; tells whether it is new and still counts. */
    boolean accuse(long instance, long at) {
        if (count == accusers.length) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (accusers[i] == instance) {
                return false;
            }
        }
        accusers[count++] = instance;
        due = Math.max(at, began + timeout(min, max, count - 1, wanted));
        return true;
    }

    int count() {
        return count;
    }

    long accuser(int index) {
        return accusers[index];
    }

    /** When it ends in death. */
    long due() {
        return due;
    }

    /** Lifeguard's formula: max − (max − min)·ln(c + 1)/ln(k + 1), and min if nobody is there to confirm. */
    static long timeout(long min, long max, int confirmations, int wanted) {
        if (wanted < 1) {
            return min;
        }
        double share = Math.log(confirmations + 1.0) / Math.log(wanted + 1.0);
        return Math.max(min, max - (long) ((max - min) * share));
    }
}
