package dev.coord.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Kv;
import dev.coord.kv.Value;
import dev.coord.raft.PeerStatus.State;
import dev.coord.raft.internal.transport.MessageKind;
import dev.coord.raft.testing.Directories;
import dev.coord.raft.testing.Eventually;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Members come and go while the cluster is used. */
@Timeout(180)
class MembershipIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofSeconds(2);

    @TempDir
    Path root;

    private LocalCluster.Builder cluster() {
        return LocalCluster.builder().directory(root).configure(peer -> peer.snapshotEntries(200));
    }

    /** From three to five and back, again and again: whoever writes at the three that stay notices nothing. */
    @Test
    void members_comeAndGo_underLoad_noOperationFails() throws Exception {
        try (LocalCluster cluster = cluster().start()) {
            Load load = new Load();
            try {
                for (String id : cluster.ids()) {
                    load.start(id, cluster.coord(id));
                }
                for (int round = 0; round < 5; round++) {
                    String fourth = cluster.add();
                    String fifth = cluster.add();
                    assertThat(cluster.peer("n1").membership().current()).containsKeys(fourth, fifth);
                    cluster.remove(round % 2 == 0 ? fourth : fifth);
                    cluster.remove(round % 2 == 0 ? fifth : fourth);
                }
            } finally {
                load.stop();
            }
            assertThat(load.problems).isEmpty();
            assertThat(load.refused).isEmpty();
            assertThat(load.unknown).isEmpty();
            assertThat(cluster.ids()).containsExactly("n1", "n2", "n3");
            verify(cluster, load);
        }
    }

    /** Each of the first three is replaced by another, the leader among them. */
    @ParameterizedTest
    @EnumSource(LocalCluster.Network.class)
    void members_allReplaced_theStoreGoesOn(LocalCluster.Network network) throws Exception {
        try (LocalCluster cluster = cluster().network(network).start()) {
            Load load = new Load();
            List<CoordPeer> removed = new ArrayList<>();
            try {
                String[] firsts = {"n1", "n2", "n3"};
                for (String first : firsts) {
                    load.start("at-" + first, cluster.coord(first));
                    String fresh = cluster.add();
                    load.start("at-" + fresh, cluster.coord(fresh));
                    CoordPeer peer = cluster.peer(first);
                    cluster.peer(fresh).membership().remove(first, LIMIT);
                    Eventually.until(
                            () -> first + " knows: " + peer.status(),
                            () -> peer.status().state() == State.REMOVED);
                    removed.add(peer);
                    cluster.remove(first);
                }
                assertThat(cluster.ids()).containsExactly("n4", "n5", "n6");
            } finally {
                load.stop();
            }
            verify(cluster, load);
            assertThat(removed).allMatch(peer -> peer.status().state() == State.CLOSED);
        }
    }

    private static void verify(LocalCluster cluster, Load load) throws Exception {
        cluster.awaitSameState(LIMIT);
        assertThat(load.acknowledged).isNotEmpty();
        for (String id : cluster.ids()) {
            Kv kv = cluster.coord(id).kv();
            for (String key : load.acknowledged) {
                assertThat(kv.get(key, Consistency.sequential()))
                        .as("%s at %s", key, id)
                        .isPresent();
            }
        }
    }

    /** The log no longer holds what the newcomer needs, so it is sent a snapshot; then everybody starts anew. */
    @Test
    void newcomer_afterASnapshot_hasAll_andIsRememberedByAll() throws Exception {
        try (LocalCluster cluster = cluster().start()) {
            for (int i = 0; i < 700; i++) {
                cluster.coord("n1").kv().put("/k/" + i, "v" + i);
            }
            String fourth = cluster.add();
            assertThat(cluster.coord(fourth).kv().get("/k/0", Consistency.sequential()))
                    .isPresent();
            cluster.ids().forEach(cluster::kill);
            cluster.ids().forEach(cluster::restart);
            for (String id : cluster.ids()) {
                assertThat(cluster.coord(id).kv().get("/k/699")).isPresent();
                assertThat(cluster.peer(id).membership().current()).containsOnlyKeys("n1", "n2", "n3", "n4");
            }
            // Of four, three are a majority, of which the newcomer has to be one.
            cluster.kill("n1");
            cluster.coord(fourth).kv().put("/k/700", "v");
        }
    }

    @Test
    void newcomer_thatIsNotAdded_waits_andIsToldHow() throws Exception {
        try (LocalCluster cluster = cluster().start();
                CoordPeer stranger = stranger(cluster, "n9", "n1=127.0.0.1:1,n9=127.0.0.1:9")) {
            assertThat(stranger.status().state()).isEqualTo(State.JOINING);
            assertThat(stranger.status().problem()).contains("Membership.add");

            cluster.peer("n2").membership().add("n9=127.0.0.1:9", LIMIT);

            Eventually.until(
                    "it takes part",
                    () -> stranger.status().state() == State.RUNNING
                            && stranger.status().leader().isPresent());
            assertThat(stranger.membership().current())
                    .containsEntry("n9", "127.0.0.1:9")
                    .hasSize(4);
            stranger.membership().add("n9=127.0.0.1:9", LIMIT);
            stranger.membership().remove("n9", LIMIT);
        }
    }

    @Test
    void lostMember_isReplaced_asTheErrorSays() throws Exception {
        try (LocalCluster cluster = cluster().start()) {
            cluster.coord("n1").kv().put("/k", "v");
            Eventually.until(
                    "all are registered",
                    () -> cluster.peer("n1").core().view().peers().size() == 3);
            cluster.kill("n3");
            Directories.delete(root.resolve("n3"));
            assertThatThrownBy(() -> cluster.restart("n3"))
                    .isInstanceOf(PeerStartException.class)
                    .hasMessageContaining("new id");

            cluster.remove("n3");
            String fourth = cluster.add();

            assertThat(cluster.coord(fourth).kv().get("/k")).isPresent();
            assertThat(cluster.ids()).containsExactly("n1", "n2", "n4");
        }
    }

    @Test
    void idOfAnotherDirectory_isRefused() throws Exception {
        try (LocalCluster cluster = cluster().start()) {
            Eventually.until(
                    "all are registered",
                    () -> cluster.peer("n1").core().view().peers().size() == 3);
            cluster.remove("n3");
            Directories.delete(root.resolve("n3"));
            try (CoordPeer again = stranger(cluster, "n3", "n1=127.0.0.1:1,n2=127.0.0.1:2,n3=127.0.0.1:3")) {
                assertThatThrownBy(() -> cluster.peer("n1").membership().add("n3=127.0.0.1:3", LIMIT))
                        .isInstanceOf(MembershipException.class)
                        .hasMessageContaining("another data directory");
                assertThat(again.membership().current()).isNotEmpty();
            } catch (PeerStartException e) {
                // The others know it by its former directory, and had answered before it was started.
                assertThat(e.reason()).isEqualTo(PeerStartException.Reason.MEMORY_LOST);
            }
            assertThat(cluster.peer("n1").membership().current()).containsOnlyKeys("n1", "n2");
        }
    }

    /** It was not there when it was removed, and comes back on its directory: it finds out, whatever its log says. */
    @Test
    void removedWhileAway_findsOut_whenItComesBack_andIsAddedAgain() throws Exception {
        try (LocalCluster cluster = cluster().start()) {
            cluster.coord("n1").kv().put("/k", "v");
            Eventually.until(
                    "n3 is known by its directory",
                    () -> cluster.peer("n1").core().view().peers().containsKey("n3"));
            cluster.kill("n3");
            cluster.remove("n3");
            try (CoordPeer back = stranger(cluster, "n3", "n1=127.0.0.1:1,n2=127.0.0.1:2,n3=127.0.0.1:3")) {
                Eventually.until(
                        () -> "it finds out: " + back.status(),
                        () -> back.status().state() == State.REMOVED);
                cluster.peer("n1").membership().add("n3=127.0.0.1:3", LIMIT);
                cluster.coord("n1").kv().put("/k", "w");
                assertThat(back.coord().kv().get("/k").orElseThrow().text()).isEqualTo("w");
            }
        }
    }

    /** Nobody waits for what cannot come any more. */
    @Test
    void removed_itsUsersAreTold_atOnce() throws Exception {
        try (LocalCluster cluster = cluster().start()) {
            Coord user = cluster.coord("n3");
            CompletableFuture<CoordException> end = new CompletableFuture<>();
            Watch watch = user.watch(WatchSpec.of(KeyRange.prefix("/")), new WatchListener() {
                @Override
                public void onChange(long revision, List<WatchEvent> events) {}

                @Override
                public void onEnd(CoordException cause) {
                    end.complete(cause);
                }
            });
            cluster.peer("n1").membership().remove("n3", LIMIT);
            assertThat(end.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(ClosedException.class);
            assertThat(cluster.peer("n3").status().state()).isEqualTo(State.REMOVED);
            long before = Ticker.system().nanos();
            assertThatThrownBy(() -> user.kv().put("/k", "v"))
                    .isInstanceOf(ClosedException.class)
                    .hasMessageContaining("removed from the cluster");
            assertThatThrownBy(() -> cluster.coord("n3")).isInstanceOf(ClosedException.class);
            watch.close();
            user.close();
            assertThat(Duration.ofNanos(Ticker.system().nanos() - before)).isLessThan(Duration.ofSeconds(2));
            assertThatThrownBy(() -> cluster.peer("n1").membership().add("n3=127.0.0.1:3", MOMENT))
                    .isInstanceOf(MembershipException.class)
                    .hasMessageContaining("start it anew");
        }
    }

    @Test
    void member_atAnotherAddress_isNotAddedThere() throws Exception {
        try (LocalCluster cluster = cluster().network(LocalCluster.Network.TCP).start()) {
            Membership membership = cluster.peer("n1").membership();
            String address = membership.current().get("n2");
            membership.add("n2=" + address, LIMIT);
            assertThatThrownBy(() -> membership.add("n2=127.0.0.1:9", LIMIT))
                    .isInstanceOf(MembershipException.class)
                    .hasMessageContaining("n2 is at " + address);
            cluster.peer("n1").membership().remove("n2", LIMIT);
            assertThatThrownBy(() -> membership.add("n2=127.0.0.1:9", LIMIT))
                    .isInstanceOf(MembershipException.class)
                    .hasMessageContaining("n2 is at " + address);
        }
    }

    /** With n3 dead, n1 and n3 would be two of which one answers: nothing could be changed any more. */
    @Test
    void removal_thatWouldLeaveNoMajority_isRefused() throws Exception {
        try (LocalCluster cluster = cluster().start()) {
            cluster.kill("n3");
            cluster.awaitLeader(LIMIT);
            for (String living : List.of("n1", "n2")) {
                assertThatThrownBy(() -> cluster.peer("n1").membership().remove(living, MOMENT))
                        .isInstanceOf(MembershipException.class)
                        .hasMessageContaining("would leave no majority")
                        .hasMessageContaining("[n3]");
            }
            cluster.remove("n3");
            cluster.remove("n2");
            assertThatThrownBy(() -> cluster.peer("n1").membership().remove("n1", LIMIT))
                    .isInstanceOf(MembershipException.class)
                    .hasMessageContaining("last member");
            cluster.coord("n1").kv().put("/k", "v");
        }
    }

    @Test
    void newcomer_thatDoesNotRun_isRefused_andTheClusterGoesOn() throws Exception {
        try (LocalCluster cluster = cluster().start()) {
            Membership membership = cluster.peer("n1").membership();
            assertThatThrownBy(() -> membership.add("n8=127.0.0.1:8", Duration.ofSeconds(1)))
                    .isInstanceOf(MembershipException.class)
                    .hasMessageContaining("n8 could not be asked");
            assertThatThrownBy(() -> membership.add("n8", LIMIT)).isInstanceOf(InvalidConfigException.class);
            assertThatThrownBy(() -> membership.add("n8=h:1,n9=h:2", LIMIT)).isInstanceOf(InvalidConfigException.class);
            assertThatThrownBy(() -> membership.remove("", LIMIT)).isInstanceOf(InvalidConfigException.class);
            assertThatThrownBy(() -> membership.remove("n2", Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
            membership.remove("n7", LIMIT);
            cluster.coord("n2").kv().put("/k", "v");
            assertThat(membership.current()).containsOnlyKeys("n1", "n2", "n3");
        }
    }

    /**
     * A former leader has entries that nobody else got. What replaces them comes with the new members in one append, and these Ratis
     * forgets at once: with n2 alone it would go on as one of three.
     */
    @Test
    void formerLeader_whoseEntriesAreReplaced_knowsTheNewMembers() throws Exception {
        try (LocalCluster cluster = cluster().peers(3).start()) {
            String former = cluster.awaitLeader(LIMIT);
            List<String> others =
                    cluster.ids().stream().filter(id -> !id.equals(former)).toList();
            Kv kv = cluster.coord(former).kv();
            kv.put("/k", "before");
            for (String other : others) {
                cluster.cut(former, other);
                cluster.cut(other, former);
            }
            for (int i = 0; i < 50; i++) {
                var unused = kv.putAsync("/lost/" + i, Value.of("x"));
            }
            Eventually.until(
                    "the others have a leader",
                    () -> others.contains(
                            cluster.peer(others.get(0)).status().leader().orElse("")));
            cluster.add();
            cluster.add();
            cluster.coord(others.get(0)).kv().put("/k", "after");

            cluster.heal();

            Eventually.until(
                    () -> former + " knows all five: "
                            + cluster.peer(former).membership().current() + " "
                            + cluster.peer(former).status(),
                    () -> cluster.peer(former).status().state() == State.RUNNING
                            && cluster.peer(former).membership().current().size() == 5
                            && cluster.peer(former).core().status().oldVoters().isEmpty());
            cluster.awaitSameState(LIMIT);
            assertThat(cluster.coord(others.get(0)).kv().get("/k").orElseThrow().text())
                    .isEqualTo("after");
            cluster.partition(List.of(List.of(former, others.get(0))));
            Set<String> minority = Set.of(former, others.get(0));
            Eventually.until(
                    "the three others have a leader",
                    () -> cluster.leader()
                            .filter(leader -> !minority.contains(leader))
                            .isPresent());
            assertThatThrownBy(
                            () -> cluster.coord(former).kv().withTimeout(MOMENT).put("/k", "of two"))
                    .isInstanceOf(CoordException.class);
        }
    }

    /** It is sent nothing of the log, and dies. Ratis alone would wait for it, and change nothing else, for as long as it is busy. */
    @Test
    void newcomer_thatDiesBeforeItVotes_isGivenUp() throws Exception {
        try (LocalCluster cluster = cluster().start()) {
            Load load = new Load();
            try {
                load.start("at-n1", cluster.coord("n1"));
                cluster.memory()
                        .dropIf((from, to, kind, response) -> to.equals("n9")
                                && (kind == MessageKind.RAFT_APPEND || kind == MessageKind.RAFT_SNAPSHOT));
                Membership membership = cluster.peer("n2").membership();
                CompletableFuture<Void> adding;
                try (CoordPeer newcomer = stranger(cluster, "n9", "n1=127.0.0.1:1,n9=127.0.0.1:9")) {
                    adding = membership.addAsync("n9=127.0.0.1:9", Duration.ofSeconds(8));
                    Eventually.until("it was invited", () -> newcomer.status().state() == State.RUNNING);
                }
                assertThat(adding).failsWithin(LIMIT).withThrowableOfType(ExecutionException.class);
                membership.remove("n3", LIMIT);
                assertThat(membership.current()).containsOnlyKeys("n1", "n2");
            } finally {
                load.stop();
            }
        }
    }

    /** A cluster of its own, of the same name: nobody's log may be overwritten by another's. */
    @Test
    void peerOfAnotherCluster_isRefused() throws Exception {
        try (LocalCluster cluster = cluster().start();
                CoordPeer other = stranger(cluster, "n9", "n9=127.0.0.1:9")) {
            other.coord().kv().put("/k", "of the other");
            assertThatThrownBy(() -> cluster.peer("n1").membership().add("n9=127.0.0.1:9", MOMENT))
                    .isInstanceOf(MembershipException.class)
                    .hasMessageContaining("a log of its own");
            assertThat(other.coord().kv().get("/k").orElseThrow().text()).isEqualTo("of the other");
        }
    }

    /** Several who all name each other as members must not begin a cluster beside the one that is there. */
    @Test
    void newcomers_thatNameEachOther_waitToBeAdded() throws Exception {
        String everybody = "n1=127.0.0.1:1,n7=127.0.0.1:7,n8=127.0.0.1:8,n9=127.0.0.1:9";
        try (LocalCluster cluster = cluster().peers(1).start();
                CoordPeer seventh = stranger(cluster, "n7", everybody);
                CoordPeer eighth = stranger(cluster, "n8", everybody);
                CoordPeer ninth = stranger(cluster, "n9", everybody)) {
            Membership membership = cluster.peer("n1").membership();
            membership.add("n7=127.0.0.1:7", LIMIT);
            assertThat(List.of(eighth, ninth)).allMatch(peer -> peer.status().state() == State.JOINING);
            membership.add("n8=127.0.0.1:8", LIMIT);
            membership.add("n9=127.0.0.1:9", LIMIT);
            assertThat(seventh.membership().current()).hasSize(4);
        }
    }

    private static CoordPeer stranger(LocalCluster cluster, String id, String members) {
        return CoordPeer.builder()
                .cluster("local")
                .id(id)
                .members(members)
                .dataDirectory(cluster.directory(id))
                .electionTimeout(Duration.ofMillis(300))
                .start((config, scheduler) -> cluster.memory().transport(config.id()));
    }
}
