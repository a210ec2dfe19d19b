package dev.coord.recipes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.kv.Entry;
import dev.coord.kv.Op;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Line.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The rule of whose turn it is, against a naive model of it, over many queues. */
class LineTest {
    private static final QueuePath QUEUE = new QueuePath("/q");
    private static final int USUAL = 4;
    private static final int QUEUES = 20_000;

    /** Somebody in the queue. */
    private record Somebody(String id, boolean holds, int permits, int priority, long since) {}

    /** A queue, and what it should be read as. */
    private record Sample(List<Somebody> people, int capacity, Line line) {
        List<Somebody> holders() {
            return people.stream().filter(Somebody::holds).toList();
        }

        /** One after the other is taken who is before all that are left. */
        List<Somebody> waiters() {
            List<Somebody> left =
                    new ArrayList<>(people.stream().filter(one -> !one.holds()).toList());
            List<Somebody> line = new ArrayList<>();
            while (!left.isEmpty()) {
                Somebody first = left.stream()
                        .filter(one -> left.stream().noneMatch(other -> isBefore(other, one)))
                        .findFirst()
                        .orElseThrow();
                line.add(first);
                left.remove(first);
            }
            return line;
        }

        private static boolean isBefore(Somebody one, Somebody other) {
            return one.priority() > other.priority()
                    || (one.priority() == other.priority() && one.since() < other.since());
        }

        long held() {
            return holders().stream().mapToLong(Somebody::permits).sum();
        }

        /** Whether there is room for all holders and for the first waiters up to this one. */
        boolean isTurnOf(int waiter) {
            long needed = held();
            for (Somebody one : waiters().subList(0, waiter + 1)) {
                needed += one.permits();
            }
            return needed <= capacity;
        }
    }

    private static Sample sample(Random random) {
        List<Somebody> people = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        int capacity = USUAL;
        if (random.nextInt(3) == 0) {
            capacity = random.nextInt(10);
            entries.add(new Entry(QUEUE.capacityKey(), Value.of("" + capacity), 1, 90, 2, 0));
        }
        int most = random.nextInt(8);
        for (int i = 0; i < most; i++) {
            Somebody one = new Somebody(
                    "s" + i,
                    random.nextInt(3) == 0,
                    random.nextInt(20) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(5),
                    random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 0,
                    1 + random.nextInt(50) * 8L + i);
            people.add(one);
            entries.add(entry(one));
        }
        entries.sort(Comparator.comparing(Entry::key));
        return new Sample(people, capacity, Line.of(QUEUE, USUAL, new RangeResult(500, entries, entries.size())));
    }

    private static Entry entry(Somebody one) {
        String key = one.holds() ? QUEUE.holderKey(one.id()) : QUEUE.waiterKey(one.id());
        Ask ask = Ask.of(one.permits(), "text of " + one.id())
                .withPriority(one.priority())
                .withCapacity(USUAL);
        return new Entry(key, ask.encode(), one.since(), one.since(), 1, 7);
    }

    private static List<String> ids(List<Place> places) {
        return places.stream().map(Place::id).toList();
    }

    private interface Law {
        void check(Sample sample, Random random);
    }

    private static void always(Law law) {
        for (int seed = 0; seed < QUEUES; seed++) {
            Random random = new Random(seed);
            Sample sample = sample(random);
            try {
                law.check(sample, random);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + sample.people() + " of " + sample.capacity(), e);
            }
        }
    }

    @Test
    void waiters_standInTheOrderOfPriorityAndArrival() {
        always((sample, random) -> {
            assertThat(ids(sample.line().waiters()))
                    .isEqualTo(sample.waiters().stream().map(Somebody::id).toList());
            assertThat(ids(sample.line().holders()))
                    .containsExactlyInAnyOrderElementsOf(
                            sample.holders().stream().map(Somebody::id).toList());
            assertThat(sample.line().capacity()).isEqualTo(sample.capacity());
            assertThat(sample.line().room()).isEqualTo(sample.capacity() - sample.held());
        });
    }

    @Test
    void admissible_areTheFirstForWhomThereIsRoom_andNobodyOvertakes() {
        always((sample, random) -> {
            List<Somebody> line = sample.waiters();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < line.size(); i++) {
                if (sample.isTurnOf(i)) {
                    expected.add(line.get(i).id());
                }
                assertThat(sample.line().admits(line.get(i).id())).isEqualTo(sample.isTurnOf(i));
            }
            assertThat(ids(sample.line().admissible())).isEqualTo(expected);
        });
    }

    @Test
    void newcomer_isAdmitted_asTheLastOfALineOfNobody() {
        always((sample, random) -> {
            Ask ask = Ask.of(1 + random.nextInt(6), "");
            boolean admitted = sample.waiters().isEmpty() && sample.held() + ask.permits() <= sample.capacity();
            assertThat(sample.line().admitsNewcomer(ask)).isEqualTo(admitted);
            assertThat(sample.line().fits(ask)).isEqualTo(ask.permits() <= sample.capacity());
        });
    }

    @Test
    void before_isTheNeighbourInLine() {
        always((sample, random) -> {
            List<Somebody> line = sample.waiters();
            for (int i = 0; i < line.size(); i++) {
                Place before = sample.line().before(line.get(i).id());
                assertThat(before == null ? "" : before.id())
                        .isEqualTo(i == 0 ? "" : line.get(i - 1).id());
            }
        });
    }

    @Test
    void without_makesRoomOfWhatTheHolderHad_andChangesNothingElse() {
        always((sample, random) -> {
            for (Somebody holder : sample.holders()) {
                Line next = sample.line().without(holder.id());
                assertThat(next.room()).isEqualTo(sample.line().room() + holder.permits());
                assertThat(next.holder(holder.id())).isEmpty();
                assertThat(next.waiters()).isEqualTo(sample.line().waiters());
                List<String> admitted = ids(sample.line().admissible());
                assertThat(ids(next.admissible()).subList(0, admitted.size())).isEqualTo(admitted);
            }
        });
    }

    @Test
    void promotable_passOverWhoeverPromotesItself_andKeepItsRoom() {
        QueuePath queue = QUEUE;
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Ask plain = Ask.of(1, "").withCapacity(9);
            Ask ask = i == 1 ? plain.inSeveral() : plain;
            entries.add(new Entry(queue.waiterKey("w" + i), ask.encode(), i + 1, i + 1, 1, 7));
        }
        Line line = Line.of(queue, 9, new RangeResult(9, entries, 3));
        assertThat(ids(line.admissible())).containsExactly("w0", "w1", "w2");
        assertThat(ids(Moves.promotable(line))).containsExactly("w0", "w2");
    }

    @Test
    void valuesOfReadersRaisersAndWriters_sortAsTheirGuardsNeed() {
        for (Ask ask : List.of(Ask.of(1, "~"), Ask.of(1, "").ownedBy("x").withPriority(-3))) {
            Value reader = ask.encode();
            Value raiser = ask.withPermits(Grip.RAISING).encode();
            Value second = ask.withPermits(Integer.MAX_VALUE - 1).encode();
            Value first = ask.withPermits(Integer.MAX_VALUE).encode();
            Value writer = ask.withPermits(Grip.ALL).withReleaseAsked().encode();
            assertThat(reader).isLessThan(Value.of("1 ~"));
            assertThat(raiser).isGreaterThan(Value.of("1 ~")).isLessThan(Value.of("2"));
            assertThat(second).isGreaterThan(Value.of("2147483646")).isLessThan(Value.of("2147483647"));
            assertThat(first).isGreaterThan(Value.of("2147483647")).isLessThan(Value.of("900000000"));
            assertThat(writer).isGreaterThan(Value.of("900000000"));
        }
        assertThat(List.of(Grip.RAISING, 1)).noneMatch(Grip::isWriter);
        assertThat(List.of(Grip.ALL, Integer.MAX_VALUE, Integer.MAX_VALUE - 1)).allMatch(Grip::isWriter);
    }

    @Test
    void keysThatNoRecipeWrote_areNamed() {
        Entry strange = new Entry(QUEUE.holderKey("x"), Value.of("hello"), 1, 1, 1, 0);
        Entry noNumber = new Entry(QUEUE.capacityKey(), Value.of("many"), 1, 1, 1, 0);
        for (Entry entry : List.of(strange, noNumber)) {
            assertThatThrownBy(() -> Line.of(QUEUE, 1, new RangeResult(2, List.of(entry), 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(Op.delete(entry.key()).key());
        }
    }
}
