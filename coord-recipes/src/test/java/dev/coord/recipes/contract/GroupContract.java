package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.FencedException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.recipes.membership.Group;
import dev.coord.recipes.membership.GroupEvent;
import dev.coord.recipes.membership.GroupListener;
import dev.coord.recipes.membership.GroupObservation;
import dev.coord.recipes.membership.GroupView;
import dev.coord.recipes.membership.JoinResult;
import dev.coord.recipes.membership.Member;
import dev.coord.recipes.membership.MemberInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link Group}. */
abstract class GroupContract extends RecipeContract {
    private static final Duration SHORT_PATIENCE = Duration.ofMillis(300);

    @AfterEach
    void groupIsEmptyAgain() {
        cluster().faults().endAll();
        eventually(
                "no key is left",
                () -> await(coord(0).kv()
                                        .rangeAsync(
                                                RangeQuery.of(KeyRange.prefix(path() + "/")),
                                                Consistency.linearizable()))
                                .count()
                        == 0);
    }

    Group group(Coord coord) {
        return Group.on(coord, path());
    }

    private Member join(Coord coord, String name, String metadata) {
        return await(group(coord).joinAsync(name, Value.of(metadata))).orElseThrow();
    }

    private static List<String> names(GroupView view) {
        return view.members().stream().map(MemberInfo::name).toList();
    }

    /** Remembers what it is told of a group. */
    private static final class Told implements GroupListener {
        final List<String> events = new CopyOnWriteArrayList<>();
        final List<GroupView> views = new CopyOnWriteArrayList<>();
        final List<CoordException> ends = new CopyOnWriteArrayList<>();

        @Override
        public void onView(GroupView view, List<GroupEvent> because) {
            events.add(because.stream().map(Told::text).collect(Collectors.joining(", ")));
            views.add(view);
        }

        @Override
        public void onEnd(CoordException cause) {
            ends.add(cause);
        }

        private static String text(GroupEvent event) {
            if (event instanceof GroupEvent.Joined joined) {
                return "+" + joined.member().name() + " " + joined.member().text();
            }
            if (event instanceof GroupEvent.Updated updated) {
                return updated.after().name() + " " + updated.before().text() + ">"
                        + updated.after().text();
            }
            return "-" + ((GroupEvent.Left) event).member().name();
        }

        boolean hasHeard(long number) {
            return !views.isEmpty() && views.get(views.size() - 1).number() >= number;
        }
    }

    private void assertTold(Told told, String... events) {
        List<String> all = List.of(events);
        eventually("all of " + all + ", not only " + told.events, () -> told.events.size() >= all.size());
        assertThat(told.events).isEqualTo(all);
    }

    // ---- joining and leaving

    @Test
    void members_joinAndLeave_andAreSeenFromEverywhere() throws Exception {
        Member one = join(coord(0), "a", "at 1");
        Member two = group(coord(1)).join("b", Value.of("at 2")).member().orElseThrow();
        assertHeld(one);
        assertHeld(two);
        assertThat(two.joinRevision()).isGreaterThan(one.joinRevision()).isEqualTo(two.fencingToken());
        GroupView view = group(coord(2)).members();
        assertThat(view.members())
                .containsExactly(
                        new MemberInfo(
                                "a",
                                Value.of("at 1"),
                                one.joinRevision(),
                                coord(0).session().id()),
                        new MemberInfo(
                                "b",
                                Value.of("at 2"),
                                two.joinRevision(),
                                coord(1).session().id()));
        assertThat(view.oldest()).map(MemberInfo::name).contains("a");
        assertThat(view.find("b")).map(MemberInfo::text).contains("at 2");
        assertThat(view.find("c")).isEmpty();
        one.leave();
        assertLost(one);
        assertThat(names(group(coord(2)).members())).containsExactly("b");
        two.close();
        two.close();
        assertThat(group(coord(2)).members().size()).isZero();
    }

    @Test
    void nameThatIsTaken_isAnOutcome_evenWithinASession() {
        Member one = join(coord(0), "a", "first");
        for (Coord coord : List.of(coord(0), coord(1))) {
            JoinResult second = await(group(coord).joinAsync("a", Value.of("second")));
            assertThat(second).isInstanceOf(JoinResult.NameTaken.class);
            MemberInfo by = ((JoinResult.NameTaken) second).by();
            assertThat(by.joinRevision()).isEqualTo(one.joinRevision());
            assertThat(by.text()).isEqualTo("first");
            assertThat(second.member()).isEmpty();
            assertThatThrownBy(second::orElseThrow)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("taken");
        }
        assertHeld(one);
        one.close();
        Member next = join(coord(1), "a", "next");
        assertThat(next.joinRevision()).isGreaterThan(one.joinRevision());
        one.close();
        assertHeld(next);
        next.close();
    }

    @Test
    void joiningWithPatience_waitsForTheName_butNotForEver() throws Exception {
        Member one = join(coord(0), "a", "first");
        assertThat(group(coord(1)).join("a", Value.EMPTY, SHORT_PATIENCE)).isInstanceOf(JoinResult.NameTaken.class);
        CompletableFuture<JoinResult> waiting = group(coord(1)).joinAsync("a", Value.of("second"), LIMIT);
        CompletableFuture<JoinResult> givenUp = group(coord(2)).joinAsync("a", Value.of("third"), LIMIT);
        aMoment();
        assertThat(waiting).isNotDone();
        givenUp.cancel(false);
        one.close();
        Member two = await(waiting).orElseThrow();
        assertHeld(two);
        aMoment();
        assertThat(names(group(coord(0)).members())).containsExactly("a");
        two.close();
    }

    @Test
    void membershipOfACrashedPeer_ends_andItsNameIsFreeForWhoWaits() {
        String crashing = leader();
        List<String> others = othersThan(crashing);
        Member one = join(cluster().open(crashing, TTL), "a", "first");
        Told told = new Told();
        try (GroupObservation observed = group(cluster().coord(others.get(1))).observe(told)) {
            await(observed.awaitViewAsync(one.joinRevision()));
            CompletableFuture<JoinResult> waiting =
                    group(cluster().coord(others.get(0))).joinAsync("a", Value.of("second"), LIMIT);
            aMoment();
            cluster().faults().crash(crashing);
            Member two = await(waiting).orElseThrow();
            assertThat(one.isValid()).isFalse();
            assertTold(told, "+a first", "-a", "+a second");
            two.close();
        }
    }

    @Test
    void memberThatIsCutOff_isLostBeforeOthersSeeItLeave_andCannotWriteAnyMore() {
        String away = leader();
        List<String> others = othersThan(away);
        Member cutOff = join(cluster().open(away, TTL), "a", "first");
        Told told = new Told();
        try (GroupObservation observed = group(cluster().coord(others.get(0))).observe((view, events) -> {
            told.onView(view, events);
            if (view.size() == 0 && cutOff.isValid()) {
                told.events.add("too soon");
            }
        })) {
            await(observed.awaitViewAsync(cutOff.joinRevision()));
            cluster().faults().isolate(away);
            assertTold(told, "+a first", "-a");
            cluster().faults().heal();
            await(cutOff.lost());
            assertLost(cutOff);
            assertThat(failure(cutOff.updateAsync(Value.of("late")))).isInstanceOf(FencedException.class);
            assertThat(writes(cluster().coord(others.get(0)), cutOff, "late")).isFalse();
        }
    }

    @Test
    void joinWithASessionThatHasEnded_fails_andSoDoesMisuse() {
        Coord own = cluster().open("n1", TTL);
        await(coord(1).leases().revokeAsync(own.session().id()));
        await(own.session().expired());
        assertThat(failure(group(own).joinAsync("a", Value.EMPTY))).isInstanceOf(SessionExpiredException.class);
        own.close();
        assertThat(failure(group(own).joinAsync("a", Value.EMPTY)))
                .isInstanceOfAny(ClosedException.class, SessionExpiredException.class);

        Group group = group(coord(0));
        for (String path : List.of("", "/g/", "/g/@x", "@g", "/g/@x/y")) {
            assertThatThrownBy(() -> Group.on(coord(0), path)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> group.joinAsync("", Value.EMPTY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> group.joinAsync("n".repeat(5000), Value.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> group.joinAsync("a", Value.of(new byte[Group.MAX_METADATA_BYTES + 1])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> group.joinAsync(null, Value.EMPTY))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("name");
        assertThatThrownBy(() -> group.observe(null)).isInstanceOf(NullPointerException.class);
    }

    // ---- metadata and guards

    @Test
    void update_changesTheMetadata_notTheMember() throws Exception {
        Member one = join(coord(0), "a", "1");
        one.update(Value.of("2"));
        MemberInfo seen = group(coord(1)).members().find("a").orElseThrow();
        assertThat(seen.text()).isEqualTo("2");
        assertThat(seen.joinRevision()).isEqualTo(one.joinRevision());
        assertHeld(one);
        one.close();
        assertThat(failure(one.updateAsync(Value.of("3")))).isInstanceOf(FencedException.class);
    }

    @Test
    void memberRemovedByAnAdministrator_isLost() {
        Member one = join(coord(0), "a", "1");
        assertThat(await(coord(1).kv().deleteAsync(path() + "/@a"))).isTrue();
        await(one.lost());
        assertLost(one);
    }

    @Test
    void guardsOfAView_holdWhileTheGroupIsAsItWas() throws Exception {
        Guard[] empty = group(coord(0)).members().unchanged();
        assertThat(all(empty)).isTrue();
        Member one = join(coord(0), "a", "1");
        assertThat(all(empty)).isFalse();
        Guard[] alone = group(coord(1)).members().unchanged();
        Member two = join(coord(1), "b", "1");
        assertThat(all(alone)).isFalse();
        GroupView both = group(coord(1)).members();
        assertThat(all(both.unchanged())).isTrue();
        two.update(Value.of("2"));
        assertThat(all(both.unchanged())).isFalse();
        two.close();
        assertThat(all(alone)).as("as it was then, again").isTrue();
        one.close();
        Member again = join(coord(0), "a", "1");
        assertThat(all(alone)).as("another member of that name").isFalse();
        again.close();
        assertThat(all(empty)).isTrue();
    }

    private boolean all(Guard... guards) {
        return await(coord(0).kv().txn().when(guards).commitAsync()).succeeded();
    }

    // ---- observing

    @Test
    void observers_areToldTheSameViews_byTheSameNumbers() throws Exception {
        List<Told> all = List.of(new Told(), new Told(), new Told());
        List<GroupObservation> observed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            observed.add(group(coord(i)).observe(all.get(i)));
            await(observed.get(i).ready());
        }
        Member one = join(coord(0), "a", "1");
        Member two = join(coord(1), "b", "1");
        await(two.updateAsync(Value.of("2")));
        Coord own = cluster().open("n3", TTL);
        Member three = join(own, "c", "1");
        Member four = join(own, "d", "1");
        await(one.closeAsync());
        await(coord(0).leases().revokeAsync(own.session().id()));
        await(three.lost());
        await(four.lost());
        await(two.closeAsync());
        long last = group(coord(0)).members().number();
        for (int i = 0; i < 3; i++) {
            assertThat(await(observed.get(i).awaitViewAsync(last)).size()).isZero();
            assertTold(all.get(i), "", "+a 1", "+b 1", "b 1>2", "+c 1", "+d 1", "-a", "-c, -d", "-b");
        }
        assertThat(all.stream()
                        .map(told -> told.views.stream()
                                .skip(1)
                                .map(view -> view.number() + " " + names(view))
                                .toList())
                        .distinct())
                .as("views, but for the first")
                .hasSize(1);
        own.close();
        observed.forEach(GroupObservation::close);
        join(coord(0), "unheard", "").close();
        aMoment();
        assertThat(all.get(0).events).hasSize(9);
        assertThat(all.get(0).ends).isEmpty();
    }

    @Test
    void observerAtAPeerThatIsCutOff_isToldEverythingLater() throws Exception {
        String away = leader();
        List<String> others = othersThan(away);
        Told told = new Told();
        try (GroupObservation observed = group(cluster().coord(away)).observe(told)) {
            await(observed.ready());
            cluster().faults().isolate(away);
            await(join(cluster().coord(others.get(0)), "a", "1").closeAsync());
            Member two = join(cluster().coord(others.get(1)), "b", "1");
            assertThat(observed.view().size()).isZero();
            cluster().faults().heal();
            await(observed.awaitViewAsync(two.joinRevision()));
            assertTold(told, "", "+a 1", "-a", "+b 1");
            two.close();
        }
    }

    @Test
    void observerOfAHandleThatCloses_isToldTheEnd() {
        Told told = new Told();
        Coord own = cluster().open("n1", Duration.ofMinutes(1));
        GroupObservation observed = group(own).observe(told);
        await(observed.ready());
        own.close();
        eventually("the end", () -> !told.ends.isEmpty());
        assertThat(told.ends).singleElement().isInstanceOf(ClosedException.class);
        assertThat(observed.view().size()).isZero();
        observed.close();
    }

    @Test
    void keyThatIsNoMember_isLeftOut() throws Exception {
        await(coord(0).kv().putAsync(path() + "/@stranger", Value.of("x")));
        Member one = join(coord(0), "a", "1");
        GroupView view = group(coord(1)).members();
        assertThat(names(view)).containsExactly("a");
        assertThat(all(view.unchanged())).isTrue();
        assertThat(await(group(coord(0)).joinAsync("stranger", Value.EMPTY))).isInstanceOf(JoinResult.NameTaken.class);
        one.close();
        await(coord(0).kv().txn().then(Op.delete(path() + "/@stranger")).commitAsync());
    }
}
