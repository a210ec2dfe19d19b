package dev.coord.bench.side;

import static dev.coord.bench.side.Bar.atLeast;
import static dev.coord.bench.side.Bar.atMost;
import static dev.coord.bench.side.Contestant.COORD;
import static dev.coord.bench.side.Contestant.COORD_FOLLOWER;
import static dev.coord.bench.side.Contestant.ETCD;
import static dev.coord.bench.side.Contestant.JRAFT;
import static dev.coord.bench.side.Contestant.RATIS_GRPC;
import static dev.coord.bench.side.Contestant.ZOOKEEPER;

import dev.coord.bench.side.Bar.Quantity;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is asked of Coord, beside the others. */
final class Bars {
    static final List<Bar> ALL = Stream.of(writes(), follower(), reads(), recipes(), watches(), starts(), growth())
            .flatMap(List::stream)
            .toList();

    private Bars() {}

    private static Quantity rate(Contestant who, String work) {
        return new Quantity(who, work, Figure.RATE);
    }

    private static Quantity latency(Contestant who, String work) {
        return new Quantity(who, work, Figure.LATENCY);
    }

    private static List<Bar> writes() {
        Quantity alone = latency(COORD, "put.1");
        return List.of(
                atMost("put, 1 in flight: p50 no worse than ZooKeeper's", alone, 1, latency(ZOOKEEPER, "put.1")),
                atMost("put, 1 in flight: p50 no worse than SOFAJRaft's", alone, 1, latency(JRAFT, "put.1")),
                atMost("put, 1 in flight: p50 1.5 times better than etcd's", alone, 1 / 1.5, latency(ETCD, "put.1")),
                atMost(
                        "put, 1 in flight: p50 3 times better than Ratis's",
                        alone,
                        1 / 3.0,
                        latency(RATIS_GRPC, "put.1")),
                servers("put.16", "put, 16 in flight", 2),
                servers("put.256", "put, 256 in flight", 9),
                library("put.256", "put, 256 in flight"),
                servers("put.1024", "put, 1024 in flight", 13),
                library("put.1024", "put, 1024 in flight"));
    }

    private static Bar servers(String work, String title, double factor) {
        return atLeast(
                String.format(java.util.Locale.ROOT, "%s: %.0f times the better of ZooKeeper and etcd", title, factor),
                rate(COORD, work),
                factor,
                rate(ZOOKEEPER, work),
                rate(ETCD, work));
    }

    private static Bar library(String work, String title) {
        return atLeast(title + ": no less than SOFAJRaft", rate(COORD, work), 1, rate(JRAFT, work));
    }

    private static List<Bar> follower() {
        return StoreWorks.WIDTHS.stream()
                .map(width -> "put." + width)
                .map(work -> atLeast(
                        work + " at a follower: 60 % of the leader's",
                        rate(COORD_FOLLOWER, work),
                        0.6,
                        rate(COORD, work)))
                .toList();
    }

    private static List<Bar> reads() {
        String alone = "get.linearizable.1";
        String many = "get.linearizable.256";
        return List.of(
                atLeast("linearizable get, 1: 3 times etcd's", rate(COORD, alone), 3, rate(ETCD, alone)),
                atLeast(
                        "linearizable get, 1, at a follower: 3 times etcd's",
                        rate(COORD_FOLLOWER, alone),
                        3,
                        rate(ETCD, alone)),
                atLeast("linearizable get, 256: 40 times etcd's", rate(COORD, many), 40, rate(ETCD, many)),
                atLeast(
                        "linearizable get, 256, at a follower: 40 times etcd's",
                        rate(COORD_FOLLOWER, many),
                        40,
                        rate(ETCD, many)),
                atLeast(
                        "linearizable get, 256: no less than SOFAJRaft's read index",
                        rate(COORD, many),
                        1,
                        rate(JRAFT, many)),
                atLeast(
                        "sequential get, 1,000 keys: 3 million a second and core",
                        rate(COORD, "get.sequential.1"),
                        3e6));
    }

    private static List<Bar> recipes() {
        return List.of(
                atLeast(
                        "lock and unlock, alone: 2 times Curator's",
                        rate(COORD, "lock.1"),
                        2,
                        rate(ZOOKEEPER, "lock.1")),
                atLeast(
                        "lock and unlock, 8 contenders: 3 times Curator's",
                        rate(COORD, "lock.8"),
                        3,
                        rate(ZOOKEEPER, "lock.8")),
                atMost(
                        "elected leader closes, the next one leads: no slower than Curator's LeaderLatch",
                        latency(COORD, RecipeWorks.HANDOVER),
                        1,
                        latency(ZOOKEEPER, RecipeWorks.HANDOVER)));
    }

    private static List<Bar> watches() {
        String many = WatchWorks.many(1000);
        return List.of(
                atLeast(
                        "lease keep-alives, by processor time: 30 times etcd's",
                        rate(COORD, CoordSide.KEEP_ALIVE),
                        30,
                        rate(ETCD, EtcdSide.KEEP_ALIVE)),
                atLeast(
                        "1,000 watchers: 5 times the events/s of the better of ZooKeeper and etcd",
                        rate(COORD, many),
                        5,
                        rate(ZOOKEEPER, many),
                        rate(ETCD, many)),
                atMost("1,000 watchers: all are told in 2 ms", latency(COORD, WatchWorks.alone(1000)), 2));
    }

    private static List<Bar> starts() {
        return List.of(
                atMost("three peers, cold start to first write: 1 s", latency(COORD, StartTrials.COLD), 1000),
                atMost("three peers, warm start to first write: 250 ms", latency(COORD, StartTrials.WARM), 250),
                atMost("Raft leader killed, next write: 600 ms", latency(COORD, FailoverTrials.KILL), 600),
                atMost("Raft leader hung, next write: 1.5 s", latency(COORD, FailoverTrials.HANG), 1500),
                atMost(
                        "no false election under full load with a core busy elsewhere",
                        new Quantity(COORD, CoordSide.ELECTIONS, Figure.COUNT),
                        0));
    }

    private static List<Bar> growth() {
        int most = 1_000_000;
        return List.of(
                atLeast(
                        "sequential get, 1,000,000 keys: 1 million a second and core",
                        rate(COORD, Growing.at("get.sequential", "keys", most)),
                        1e6),
                atMost(
                        "1,000,000 keys: 400 bytes of heap for each at each peer",
                        new Quantity(COORD, Growing.at(CoordGrowth.HEAP, "keys", most), Figure.BYTES),
                        400),
                atMost(
                        "1,000,000 keys: a peer starts from its snapshot in 5 s",
                        latency(COORD, Growing.at(CoordGrowth.RESTART, "keys", most)),
                        5000));
    }

    /** Returns the cells that bars compare. */
    static Set<Results.Cell> cells() {
        return ALL.stream()
                .flatMap(bar -> Stream.concat(Stream.of(bar.measured()), bar.others().stream()))
                .map(quantity -> new Results.Cell(quantity.who(), quantity.work()))
                .collect(Collectors.toSet());
    }
}
