package dev.coord.recipes.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.Coord;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.Presence;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.SimulatedFaults;
import dev.coord.watch.WatchEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * Random joins, leaves and faults: a name has one valid member at a time, whom the store knows; every view that anybody is
 * told is the truth at its number; and nobody is left behind.
 */
@SuppressWarnings("FutureReturnValueIgnored")
class GroupSimulationTest {
    private static final int SCHEDULES = Integer.getInteger("coord.simulation.schedules", 120);
    private static final long FIRST_SEED = Long.getLong("coord.simulation.seed", 1);
    private static final String PATH = "/g";
    private static final KeyRange RANGE = KeyRange.prefix(PATH + "/@");
    private static final List<String> NAMES = List.of("a", "b", "c");

    @Test
    void anySchedule_hasOneMemberOfAName_tellsTheTruth_andEndsWithAnEmptyGroup() {
        int joined = 0;
        int lost = 0;
        int views = 0;
        int gaps = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
            try (Schedule schedule = new Schedule(seed)) {
                schedule.run();
                joined += schedule.joined.size();
                lost += schedule.lostByFault;
                views += schedule.views();
                gaps += schedule.gaps();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("with -Dcoord.simulation.seed=" + seed + " -Dcoord.simulation.schedules=1", e);
            }
        }
        assertThat(joined).as("joins").isGreaterThan(5 * SCHEDULES);
        assertThat(lost).as("lost by faults").isGreaterThan(SCHEDULES / 2);
        assertThat(views).as("views told").isGreaterThan(20 * SCHEDULES);
        assertThat(gaps).as("gaps told").isPositive();
    }

    /** Checks that views and events fit, and keeps the views to be compared with the truth. */
    private static final class Observer implements GroupListener {
        final List<GroupView> views = new CopyOnWriteArrayList<>();
        final List<String> wrong = new CopyOnWriteArrayList<>();
        int gaps;
        int seen;

        @Override
        public void onView(GroupView view, List<GroupEvent> events) {
            Map<String, MemberInfo> members = new HashMap<>();
            if (!views.isEmpty()) {
                GroupView last = views.get(views.size() - 1);
                last.members().forEach(member -> members.put(member.name(), member));
                if (last.number() >= view.number()) {
                    wrong.add(view + " after " + last);
                }
            }
            events.forEach(event -> apply(event, members));
            Map<String, MemberInfo> now = new HashMap<>();
            view.members().forEach(member -> now.put(member.name(), member));
            if (!members.equals(now)) {
                wrong.add(events + " do not lead to " + view);
            }
            views.add(view);
        }

        private void apply(GroupEvent event, Map<String, MemberInfo> members) {
            MemberInfo before = null;
            if (event instanceof GroupEvent.Joined joined) {
                before = members.put(joined.member().name(), joined.member());
                if (before == null) {
                    return;
                }
            } else if (event instanceof GroupEvent.Updated updated) {
                before = members.put(updated.after().name(), updated.after());
                if (updated.before().equals(before)) {
                    return;
                }
            } else if (event instanceof GroupEvent.Left left) {
                before = members.remove(left.member().name());
                if (left.member().equals(before)) {
                    return;
                }
            }
            wrong.add(event + " though it was " + before);
        }

        @Override
        public void onGap(GroupView before, GroupView now) {
            gaps++;
            GroupListener.super.onGap(before, now);
        }
    }

    private static final class Schedule implements AutoCloseable {
        private final Random random;
        private final SimulatedCluster cluster;
        private final List<Coord> handles = new ArrayList<>();
        private final List<CompletableFuture<JoinResult>> requests = new ArrayList<>();
        private final List<Member> joined = new ArrayList<>();
        private final List<Member> open = new ArrayList<>();
        private final List<Observer> observers = new ArrayList<>();
        private final List<GroupObservation> observations = new ArrayList<>();
        private final Map<String, String> faulty = new HashMap<>();
        private final NavigableMap<Long, TreeMap<String, Entry>> truth = new TreeMap<>();
        private long known;
        private int lostByFault;

        Schedule(long seed) {
            random = new Random(seed);
            cluster = SimulatedCluster.builder()
                    .seed(seed)
                    .history(15, Duration.ofHours(1))
                    .operationTimeout(Duration.ofMillis(800))
                    .start();
            truth.put(0L, new TreeMap<>());
            cluster.onStep(this::check);
            for (String id : cluster.ids()) {
                openHandle(id);
                openHandle(id);
                cluster.openAsync(id, Duration.ofHours(1)).thenAccept(this::observe);
            }
            cluster.advance(Duration.ofSeconds(1));
        }

        private void openHandle(String peer) {
            // A short session ends what a fault leaves in doubt; with a long one the recipe must clean up itself.
            Duration ttl = Duration.ofSeconds(random.nextBoolean() ? 2 : 30);
            cluster.openAsync(peer, ttl).thenAccept(handles::add);
        }

        private void observe(Coord coord) {
            Observer observer = new Observer();
            observers.add(observer);
            observations.add(Group.on(coord, PATH).observe(observer));
        }

        void run() {
            for (int i = 0; i < 120; i++) {
                act(cluster.ids().get(random.nextInt(3)));
                cluster.advance(Duration.ofMillis(random.nextInt(300)));
            }
            calmDown();
        }

        private void act(String peer) {
            SimulatedFaults faults = cluster.faults();
            boolean up = !faulty.containsKey(peer);
            switch (random.nextInt(24)) {
                case 0 -> faults.isolate(peer);
                case 1, 2 -> faults.heal();
                case 3 -> {
                    if (up && faulty.isEmpty()) {
                        faults.pause(peer);
                        faulty.put(peer, "paused");
                    }
                }
                case 4 -> {
                    if (up && faulty.isEmpty() && random.nextInt(3) == 0) {
                        faults.crash(peer);
                        faulty.put(peer, "crashed");
                    }
                }
                case 5, 6 -> mend();
                case 7 -> faults.disturbMessages(0.05, 0.1, Duration.ofMillis(20));
                case 8 -> faults.disturbMessages(0, 0, Duration.ofMillis(1));
                case 9, 10 -> {
                    if (up) {
                        faults.delayReplica(peer, Duration.ofMillis(random.nextInt(4000)));
                        faults.installSnapshot(peer);
                    }
                }
                case 11 -> {
                    if (up) {
                        openHandle(peer);
                    }
                }
                case 12 -> cancelOne();
                case 13, 14, 15, 16 -> leaveOrUpdate();
                default -> joinOne();
            }
        }

        private void mend() {
            faulty.forEach((peer, how) -> {
                if (how.equals("paused")) {
                    cluster.faults().resume(peer);
                } else {
                    cluster.faults().restart(peer);
                    openHandle(peer);
                    cluster.openAsync(peer, Duration.ofHours(1)).thenAccept(this::observe);
                }
            });
            faulty.clear();
        }

        private void joinOne() {
            handles.removeIf(handle -> handle.session().expired().isDone());
            if (handles.isEmpty()) {
                return;
            }
            Coord handle = handles.get(random.nextInt(handles.size()));
            String name = NAMES.get(random.nextInt(NAMES.size()));
            Duration patience = Duration.ofMillis(Math.max(0, random.nextInt(4000) - 1000));
            CompletableFuture<JoinResult> request =
                    Group.on(handle, PATH).joinAsync(name, Value.of("m" + random.nextInt()), patience);
            requests.add(request);
            request.thenAccept(result -> result.member().ifPresent(member -> {
                joined.add(member);
                open.add(member);
            }));
        }

        private void cancelOne() {
            if (!requests.isEmpty()) {
                requests.get(random.nextInt(requests.size())).cancel(false);
            }
        }

        private void leaveOrUpdate() {
            if (open.isEmpty()) {
                return;
            }
            Member member = open.get(random.nextInt(open.size()));
            if (random.nextBoolean()) {
                member.updateAsync(Value.of("u" + random.nextInt()));
            } else {
                open.remove(member);
                member.closeAsync();
            }
        }

        // ---- what must hold after each step

        private void check() {
            learn();
            Map<String, Member> valid = new HashMap<>();
            for (Member member : open) {
                if (member.isValid()) {
                    Member other = valid.put(member.name(), member);
                    assertThat(other)
                            .as("another valid member " + member.name())
                            .isNull();
                    Entry entry = truth.lastEntry().getValue().get(PATH + "/@" + member.name());
                    assertThat(entry).as("key of the valid " + member).isNotNull();
                    assertThat(entry.createRevision()).isEqualTo(member.joinRevision());
                }
            }
            for (int i = open.size() - 1; i >= 0; i--) {
                if (open.get(i).lost().isDone()) {
                    assertThat(open.remove(i).isValid()).isFalse();
                    lostByFault++;
                }
            }
            observers.forEach(this::checkTold);
        }

        private void checkTold(Observer observer) {
            assertThat(observer.wrong).isEmpty();
            for (GroupView view : observer.views.subList(observer.seen, observer.views.size())) {
                List<String> members = view.members().stream()
                        .map(member -> member.name() + " " + member.joinRevision() + " " + member.text())
                        .toList();
                assertThat(members)
                        .as("at revision " + view.number())
                        .isEqualTo(truth.floorEntry(view.number()).getValue().values().stream()
                                .map(entry -> entry.key().substring(RANGE.from().length()) + " "
                                        + entry.createRevision() + " "
                                        + Presence.content(entry.value()).asString())
                                .toList());
            }
            observer.seen = observer.views.size();
        }

        private void learn() {
            long committed =
                    cluster.committed(RangeQuery.of(RANGE).countedOnly()).revision();
            while (known < committed) {
                known++;
                TreeMap<String, Entry> next = new TreeMap<>(truth.lastEntry().getValue());
                for (WatchEvent event : cluster.committedChanges(known)) {
                    event.entry()
                            .ifPresentOrElse(entry -> next.put(event.key(), entry), () -> next.remove(event.key()));
                }
                truth.put(known, next);
            }
        }

        private void calmDown() {
            mend();
            cluster.faults().endAll();
            requests.forEach(request -> request.cancel(false));
            List.copyOf(open).forEach(Member::closeAsync);
            cluster.advance(Duration.ofSeconds(35));
            List.copyOf(open).forEach(Member::closeAsync);
            cluster.advance(Duration.ofSeconds(5));
            assertThat(requests).allMatch(CompletableFuture::isDone);
            assertThat(cluster.committed(RangeQuery.of(RANGE)).entries())
                    .as("who is left")
                    .isEmpty();
            for (int i = 0; i < observers.size(); i++) {
                GroupView last = observers.get(i).views.isEmpty()
                        ? null
                        : observers.get(i).views.get(observers.get(i).views.size() - 1);
                if (last != null && observations.get(i).view().number() >= known) {
                    assertThat(last.members()).isEmpty();
                }
            }
            observations.forEach(GroupObservation::close);
        }

        int views() {
            return observers.stream()
                    .mapToInt(observer -> observer.views.size())
                    .sum();
        }

        int gaps() {
            return observers.stream().mapToInt(observer -> observer.gaps).sum();
        }

        @Override
        public void close() {
            cluster.close();
        }
    }
}
