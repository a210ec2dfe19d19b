package dev.coord.bench.micro;

/**
 * Goes round and round through the numbers below a size, by steps of about the golden section of it: each is passed once in a round,
 * and neighbours are far apart, so that caches do not hide what it costs to reach them.
 */
final class Walk {
    private static final double GOLDEN = 0.6180339887498949;

    private final int size;
    private final int step;
    private int at;

    Walk(int size) {
        this.size = size;
        this.step = coprime(size);
    }

    private static int coprime(int size) {
        int step = Math.max(1, (int) (size * GOLDEN));
        while (divisor(size, step) != 1) {
            step++;
        }
        return step;
    }

    private static int divisor(int a, int b) {
        return b == 0 ? a : divisor(b, a % b);
    }

    int next() {
        int next = at + step;
        at = next >= size ? next - size : next;
        return at;
    }
}
