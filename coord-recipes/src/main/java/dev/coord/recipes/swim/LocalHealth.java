package dev.coord.recipes.swim;

/**
 * Lifeguard's local health multiplier (Dadgar et al. §IV-A): whoever has reason to doubt itself takes longer to doubt others.
 */
final class LocalHealth {
    private static final int WORST = 7;

    private final boolean counts;
    private int score;

    LocalHealth(boolean counts) {
        this.counts = counts;
    }

    void worse(int by) {
        add(by);
    }

    void better() {
        add(-1);
    }

    private void add(int by) {
        if (counts) {
            score = Math.max(0, Math.min(WORST, score + by));
        }
    }

    int score() {
        return score;
    }

    long scaled(long nanos) {
        return nanos * (score + 1);
    }
}
