package dev.coord.recipes.assignment;

import dev.coord.recipes.internal.RendezvousHash;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The highest score first. */
final class RendezvousRanking implements Ranking {
    private final long[] hashes;
    private final int[] weights;

    /** The members in the order of names, which decides between equal scores. */
    RendezvousRanking(List<WeightedMember> members) {
        hashes = members.stream()
                .mapToLong(member -> RendezvousHash.hash(member.name()))
                .toArray();
        weights = members.stream().mapToInt(WeightedMember::weight).toArray();
    }

    @Override
    public int home(String partition) {
        double[] scores = scores(partition);
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public int[] order(String partition) {
        double[] scores = scores(partition);
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparing(i -> i))
                .mapToInt(i -> i)
                .toArray();
    }

    private double[] scores(String partition) {
        long hash = RendezvousHash.hash(partition);
        double[] scores = new double[hashes.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = RendezvousHash.score(hash, hashes[i], weights[i]);
        }
        return scores;
    }
}
