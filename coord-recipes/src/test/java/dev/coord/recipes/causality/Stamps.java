package dev.coord.recipes.causality;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** Random stamps of each kind. Small ones mostly, so that they are often related; now and then with what is at the bounds. */
final class Stamps {
    private static final String LETTERS = "0123456789ABCXYZabcxyz._-";

    private Stamps() {}

    static String name(Random random) {
        if (random.nextInt(8) > 0) {
            return RandomRun.PROCESSES[random.nextInt(RandomRun.PROCESSES.length)];
        }
        StringBuilder name = new StringBuilder("n");
        for (int i = random.nextInt(random.nextBoolean() ? 4 : 64); i > 0; i--) {
            name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return name.toString();
    }

    /** A number that is not negative, of any length. */
    static long number(Random random) {
        return random.nextInt(4) > 0 ? random.nextInt(4) : random.nextLong() >>> 1 + random.nextInt(62);
    }

    static TreeMap<String, Long> entries(Random random) {
        TreeMap<String, Long> entries = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            entries.put(name(random), Math.max(1, number(random)));
        }
        return entries;
    }

    static VectorClock vector(Random random) {
        return VectorClock.of(entries(random));
    }

    static VersionVector versions(Random random) {
        return VersionVector.of(entries(random));
    }

    static LamportClock lamport(Random random) {
        return new LamportClock(number(random), name(random));
    }

    static HybridTime hybrid(Random random) {
        return HybridTime.ofLong(
                random.nextBoolean() ? number(random) : (long) random.nextInt(4) << 16 | random.nextInt(4));
    }

    static DottedVersionVector dotted(Random random) {
        VersionVector past = versions(random);
        String replica = name(random);
        long gap = 1 + random.nextInt(3);
        long before = past.get(replica);
        return new DottedVersionVector(
                new Dot(replica, before + Math.max(1, Math.min(gap, Long.MAX_VALUE - before))), past);
    }

    /** All stamps that are in use after a run of forks, joins, events and messages. */
    static List<IntervalTreeClock> treeClocks(Random random) {
        List<IntervalTreeClock> live = new ArrayList<>(List.of(IntervalTreeClock.seed()));
        List<IntervalTreeClock> all = new ArrayList<>(live);
        for (int i = random.nextInt(16); i > 0; i--) {
            int at = random.nextInt(live.size());
            int other = random.nextInt(live.size());
            switch (random.nextInt(4)) {
                case 0 -> {
                    IntervalTreeClock.Fork fork = live.get(at).fork();
                    live.set(at, fork.left());
                    live.add(fork.right());
                }
                case 1 -> live.set(at, live.get(at).event());
                case 2 -> live.set(at, live.get(at).join(live.get(other).peek()));
                default -> {
                    if (at != other) {
                        live.set(at, live.get(at).join(live.get(other)));
                        live.remove(other);
                    }
                }
            }
            all.add(live.get(Math.min(at, live.size() - 1)));
        }
        return all;
    }

    static <T> T one(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    static IntervalTreeClock treeClock(Random random) {
        return one(random, treeClocks(random));
    }

    /** Copies at three replicas during a run of writes, removals and exchanges. The value of a write is its number. */
    static List<Siblings<String>> copies(Random random) {
        String[] replicas = {"a", "b", "c"};
        List<Siblings<String>> now = new ArrayList<>(List.of(Siblings.none(), Siblings.none(), Siblings.none()));
        List<Siblings<String>> all = new ArrayList<>(now);
        for (int i = random.nextInt(12); i > 0; i--) {
            int at = random.nextInt(3);
            VersionVector context = one(random, all).context();
            Siblings<String> copy = now.get(at);
            Siblings<String> changed = switch (random.nextInt(5)) {
                case 0 -> copy.prune(context);
                case 1, 2 -> copy.merge(one(random, all));
                default -> copy.put(replicas[at], context, "w" + i);
            };
            now.set(at, changed);
            all.add(changed);
        }
        return all;
    }
}
