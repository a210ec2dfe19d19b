package dev.coord.raft.internal.store;

import dev.coord.kv.Keys;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Maps whose keys have hints, among them keys that share much, that continue others, and that hints do not tell apart. */
class PersistentMapOfKeysProperties extends PersistentMapContract<String> {
    @Override
    Comparator<String> order() {
        return Keys.ORDER;
    }

    @Override
    List<String> keys(SplittableRandom random, int count) {
        List<String> letters = letters(random);
        List<String> made = new ArrayList<>(List.of("", text(random, letters, 60), text(random, letters, 9)));
        TreeSet<String> keys = new TreeSet<>(Keys.ORDER);
        while (keys.size() < count) {
            // Those made first grow most, and few keys lie far from all others.
            String start = made.get(random.nextInt(random.nextInt(made.size()) + 1));
            String key = start + text(random, letters, random.nextInt(4));
            if (keys.add(key)) {
                made.add(key);
            }
        }
        return List.copyOf(keys);
    }

    /** Plain keys are the most, and few letters meet often. */
    private static List<String> letters(SplittableRandom random) {
        List<String> all = KeyOrderProperties.LETTERS;
        return switch (random.nextInt(3)) {
            case 0 -> all;
            case 1 -> List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "/");
            default -> List.of(all.get(random.nextInt(all.size())), all.get(random.nextInt(all.size())), "a");
        };
    }

    private static String text(SplittableRandom random, List<String> letters, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters.get(random.nextInt(letters.size())));
        }
        return text.toString();
    }
}
