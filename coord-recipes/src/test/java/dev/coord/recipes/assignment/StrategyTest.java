package dev.coord.recipes.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Properties of strategies, over seeded random groups. */
class StrategyTest {
    private static final int GROUPS = 100;

    static List<HashStrategy> unbounded() {
        return List.of(Strategy.rendezvous(), Strategy.ring(100));
    }

    static List<HashStrategy> all() {
        List<HashStrategy> all = new ArrayList<>(unbounded());
        for (double factor : new double[] {1, 1.1, 1.25, 2}) {
            unbounded().forEach(strategy -> all.add(strategy.boundedBy(factor)));
        }
        return all;
    }

    static List<HashStrategy> bounded() {
        return all().subList(unbounded().size(), all().size());
    }

    private static List<String> partitions(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static List<WeightedMember> group(SplittableRandom random) {
        boolean equal = random.nextBoolean();
        List<WeightedMember> members = new ArrayList<>();
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            members.add(new WeightedMember("node-" + random.nextInt(50) + "." + i, equal ? 1 : 1 + random.nextInt(5)));
        }
        return members;
    }

    private static List<WeightedMember> without(List<WeightedMember> members, int index) {
        List<WeightedMember> rest = new ArrayList<>(members);
        rest.remove(index);
        return rest;
    }

    private static List<String> moved(Map<String, String> before, Map<String, String> after) {
        return before.keySet().stream()
                .filter(partition -> !before.get(partition).equals(after.get(partition)))
                .toList();
    }

    private static Map<String, Integer> loads(Map<String, String> assigned) {
        Map<String, Integer> loads = new HashMap<>();
        assigned.values().forEach(member -> loads.merge(member, 1, Integer::sum));
        return loads;
    }

    private static int cap(double factor, int partitions, List<WeightedMember> members, String name) {
        int all = members.stream().mapToInt(WeightedMember::weight).sum();
        int weight = members.stream()
                .filter(member -> member.name().equals(name))
                .mapToInt(WeightedMember::weight)
                .sum();
        return (int) Math.ceil(factor * ((double) partitions * weight / all));
    }

    /** A random state that the strategy has led to over some changes of the group. */
    private static Map<String, String> history(
            Strategy strategy, List<String> partitions, List<WeightedMember> members, SplittableRandom random) {
        Map<String, String> state = Map.of();
        for (int i = random.nextInt(4); i > 0; i--) {
            state = strategy.assign(partitions, group(random), state);
        }
        return strategy.assign(partitions, members, state);
    }

    @ParameterizedTest
    @MethodSource("all")
    void strategy_anyGroup_assignsEachPartitionToAMember_inAnyOrderOfArguments(HashStrategy strategy) {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < GROUPS; i++) {
            List<String> partitions = partitions(random.nextInt(200));
            List<WeightedMember> members = group(random);
            Map<String, String> previous = strategy.assign(partitions, group(random), Map.of());
            Map<String, String> assigned = strategy.assign(partitions, members, previous);
            assertThat(assigned.keySet()).containsExactlyInAnyOrderElementsOf(partitions);
            assertThat(members).extracting(WeightedMember::name).containsAll(assigned.values());

            List<String> shuffled = new ArrayList<>(partitions);
            Collections.reverse(shuffled);
            List<WeightedMember> others = new ArrayList<>(members);
            Collections.reverse(others);
            assertThat(strategy.assign(shuffled, others, new HashMap<>(previous)))
                    .isEqualTo(assigned);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void strategy_appliedToItsResult_movesNothing(HashStrategy strategy) {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < GROUPS; i++) {
            List<String> partitions = partitions(1 + random.nextInt(200));
            List<WeightedMember> members = group(random);
            Map<String, String> state = history(strategy, partitions, members, random);
            assertThat(strategy.assign(partitions, members, state)).isEqualTo(state);
        }
    }

    @ParameterizedTest
    @MethodSource("unbounded")
    void unbounded_memberLeaves_onlyItsPartitionsMove_andBackWhenItReturns(HashStrategy strategy) {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < GROUPS; i++) {
            List<String> partitions = partitions(1 + random.nextInt(200));
            List<WeightedMember> members = group(random);
            members.add(new WeightedMember("one-more", 1));
            int leaver = random.nextInt(members.size());
            String name = members.get(leaver).name();
            Map<String, String> before = strategy.assign(partitions, members, Map.of());
            Map<String, String> after = strategy.assign(partitions, without(members, leaver), before);
            assertThat(moved(before, after))
                    .allMatch(partition -> before.get(partition).equals(name));
            assertThat(strategy.assign(partitions, members, after)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("unbounded")
    void unbounded_manyPartitions_sharesFollowWeights(HashStrategy strategy) {
        List<WeightedMember> members = List.of(
                new WeightedMember("a", 1),
                new WeightedMember("b", 1),
                new WeightedMember("c", 2),
                new WeightedMember("d", 4));
        Map<String, Integer> loads = loads(strategy.assign(partitions(8_000), members, Map.of()));
        for (WeightedMember member : members) {
            // A ring of 100 points for each unit is off by a tenth on the average.
            assertThat(loads.get(member.name())).isBetween(700 * member.weight(), 1_300 * member.weight());
        }
    }

    @ParameterizedTest
    @MethodSource("bounded")
    void bounded_anyGroup_noMemberHasMoreThanItsBound(HashStrategy strategy) {
        SplittableRandom random = new SplittableRandom(4);
        double factor = factorOf(strategy);
        for (int i = 0; i < GROUPS; i++) {
            List<String> partitions = partitions(1 + random.nextInt(200));
            List<WeightedMember> members = group(random);
            loads(history(strategy, partitions, members, random))
                    .forEach((member, load) ->
                            assertThat(load).isLessThanOrEqualTo(cap(factor, partitions.size(), members, member)));
        }
    }

    @ParameterizedTest
    @MethodSource("bounded")
    void bounded_memberLeaves_onlyItsPartitionsAndThoseAwayMove(HashStrategy strategy) {
        SplittableRandom random = new SplittableRandom(5);
        HashStrategy home = strategy.toString().startsWith("ring") ? Strategy.ring(100) : Strategy.rendezvous();
        for (int i = 0; i < GROUPS; i++) {
            List<String> partitions = partitions(1 + random.nextInt(200));
            List<WeightedMember> members = group(random);
            members.add(new WeightedMember("one-more", 1));
            int leaver = random.nextInt(members.size());
            Map<String, String> homes = home.assign(partitions, members, Map.of());
            Map<String, String> before = history(strategy, partitions, members, random);
            Map<String, String> after = strategy.assign(partitions, without(members, leaver), before);
            Predicate<String> leavers = partition ->
                    before.get(partition).equals(members.get(leaver).name());
            Predicate<String> away = partition -> !before.get(partition).equals(homes.get(partition));
            assertThat(moved(before, after)).allMatch(leavers.or(away));
        }
    }

    @ParameterizedTest
    @MethodSource("bounded")
    void bounded_memberComes_itsShareAndTheExcessAndThoseAwayMove(HashStrategy strategy) {
        SplittableRandom random = new SplittableRandom(6);
        HashStrategy home = strategy.toString().startsWith("ring") ? Strategy.ring(100) : Strategy.rendezvous();
        double factor = factorOf(strategy);
        for (int i = 0; i < GROUPS; i++) {
            List<String> partitions = partitions(1 + random.nextInt(200));
            List<WeightedMember> members = group(random);
            Map<String, String> homes = home.assign(partitions, members, Map.of());
            Map<String, String> before = history(strategy, partitions, members, random);
            members.add(new WeightedMember("one-more", 1 + random.nextInt(3)));
            Map<String, String> after = strategy.assign(partitions, members, before);
            long first = home.assign(partitions, members, Map.of()).values().stream()
                    .filter("one-more"::equals)
                    .count();
            long away = partitions.stream()
                    .filter(each -> !before.get(each).equals(homes.get(each)))
                    .count();
            long excess = loads(before).entrySet().stream()
                    .mapToLong(load ->
                            Math.max(0, load.getValue() - cap(factor, partitions.size(), members, load.getKey())))
                    .sum();
            assertThat((long) moved(before, after).size()).isLessThanOrEqualTo(first + away + excess);
        }
    }

    private static double factorOf(HashStrategy strategy) {
        String text = strategy.toString();
        return Double.parseDouble(text.substring(text.lastIndexOf(' ') + 1));
    }

    @Test
    void rendezvous_memberComes_takesAboutOneInN() {
        for (int n = 2; n <= 20; n++) {
            List<WeightedMember> members = new ArrayList<>();
            for (int i = 1; i < n; i++) {
                members.add(new WeightedMember("node-" + i, 1));
            }
            Map<String, String> before = Strategy.rendezvous().assign(partitions(4_000), members, Map.of());
            members.add(new WeightedMember("node-" + n, 1));
            Map<String, String> after = Strategy.rendezvous().assign(partitions(4_000), members, before);
            assertThat(moved(before, after)).hasSizeBetween(4_000 * 8 / (10 * n), 4_000 * 12 / (10 * n));
        }
    }

    @Test
    void strategy_anywhere_saysTheSame() {
        List<WeightedMember> members =
                List.of(new WeightedMember("a", 1), new WeightedMember("b", 1), new WeightedMember("c", 3));
        assertThat(String.join(
                        "",
                        Strategy.rendezvous()
                                .assign(partitions(9), members, Map.of())
                                .values()))
                .isEqualTo("ccacaaccc");
        assertThat(String.join(
                        "",
                        Strategy.ring(10)
                                .assign(partitions(9), members, Map.of())
                                .values()))
                .isEqualTo("aababcbcc");
    }

    @Test
    void strategy_misused_saysWhatIsWrong() {
        assertThatThrownBy(() -> Strategy.rendezvous().assign(partitions(1), List.of(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no members");
        assertThatThrownBy(() -> Strategy.rendezvous().boundedBy(0.9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.9");
        assertThatThrownBy(() -> Strategy.ring(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WeightedMember("a", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WeightedMember("", 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
