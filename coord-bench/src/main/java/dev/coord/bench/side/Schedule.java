package dev.coord.bench.side;

import static dev.coord.bench.side.Contestant.COORD;
import static dev.coord.bench.side.Contestant.COORD_FIVE;
import static dev.coord.bench.side.Contestant.COORD_FOLLOWER;
import static dev.coord.bench.side.Contestant.COORD_PROCESSES;
import static dev.coord.bench.side.Contestant.ETCD;
import static dev.coord.bench.side.Contestant.JGROUPS;
import static dev.coord.bench.side.Contestant.JRAFT;
import static dev.coord.bench.side.Contestant.RATIS_GRPC;
import static dev.coord.bench.side.Contestant.RATIS_NETTY;
import static dev.coord.bench.side.Contestant.ZOOKEEPER;

import dev.coord.bench.side.Stage.Task;
import java.util.ArrayList;
import java.util.List;

/** All that there is to measure. */
final class Schedule {
    private static final List<Figure> SPEED = List.of(Figure.RATE, Figure.LATENCY, Figure.TAIL);
    private static final List<Contestant> LOGS =
            List.of(COORD, ZOOKEEPER, ETCD, JRAFT, JGROUPS, RATIS_GRPC, RATIS_NETTY, COORD_FOLLOWER);
    private static final List<Contestant> STORES = List.of(COORD, ZOOKEEPER, ETCD, COORD_FOLLOWER);

    private Schedule() {}

    /** Returns all stages. A quick run leaves out what takes long. */
    static List<Stage> stages(boolean quick) {
        return List.of(operations(), recipes(), watches(quick), variants(), start(), failover(quick), growth(quick));
    }

    private static Stage operations() {
        List<Task> tasks = new ArrayList<>();
        for (int width : StoreWorks.WIDTHS) {
            tasks.add(new Task("put." + width, SPEED, LOGS));
        }
        for (int width : StoreWorks.READ_WIDTHS) {
            tasks.add(new Task(
                    "get.linearizable." + width, SPEED, List.of(COORD, ZOOKEEPER, ETCD, JRAFT, COORD_FOLLOWER)));
            tasks.add(new Task("get.sequential." + width, SPEED, STORES));
        }
        return new Stage("operations", Mode.RUNNING, "2g", false, tasks);
    }

    private static Stage recipes() {
        List<Task> tasks = new ArrayList<>();
        for (int contenders : RecipeWorks.CONTENDERS) {
            tasks.add(new Task("lock." + contenders, SPEED, STORES));
        }
        tasks.add(new Task(RecipeWorks.HANDOVER, List.of(Figure.LATENCY, Figure.TAIL), STORES));
        for (String work : List.of("cas.8", "txn.1", "txn.256", "range.1", "range.256")) {
            tasks.add(new Task(work, SPEED, STORES));
        }
        return new Stage("recipes", Mode.RUNNING, "2g", false, tasks);
    }

    private static Stage watches(boolean quick) {
        List<Task> tasks = new ArrayList<>();
        for (int watchers : quick ? WatchWorks.WATCHERS.subList(0, 1) : WatchWorks.WATCHERS) {
            tasks.add(new Task(WatchWorks.alone(watchers), SPEED, List.of(COORD, ZOOKEEPER, ETCD)));
            // With 10,000 watchers and so many writes in flight etcd answers that requests timed out.
            boolean isTooMuch = watchers > 1_000;
            tasks.add(new Task(
                    WatchWorks.many(watchers),
                    SPEED,
                    isTooMuch ? List.of(COORD, ZOOKEEPER) : List.of(COORD, ZOOKEEPER, ETCD)));
        }
        tasks.add(new Task(CoordSide.KEEP_ALIVE, List.of(Figure.RATE), List.of(COORD, ETCD)));
        tasks.add(new Task(EtcdSide.KEEP_ALIVE_STREAM, List.of(Figure.RATE), List.of(ETCD)));
        return new Stage("watches", Mode.RUNNING, "2g", false, tasks);
    }

    private static Stage variants() {
        List<Task> tasks = new ArrayList<>();
        for (int bytes : StoreWorks.SIZES) {
            tasks.add(new Task("put.256.bytes-" + bytes, SPEED, List.of(COORD, ZOOKEEPER, ETCD)));
        }
        List<Contestant> others = List.of(COORD_PROCESSES, COORD_FIVE);
        for (int width : StoreWorks.WIDTHS) {
            tasks.add(new Task("put." + width, SPEED, others));
        }
        tasks.add(new Task("get.linearizable.256", SPEED, others));
        tasks.add(new Task(CoordSide.ELECTIONS, List.of(Figure.COUNT), List.of(COORD)));
        return new Stage("variants", Mode.RUNNING, "2g", false, tasks);
    }

    private static Stage start() {
        List<Figure> shown = List.of(Figure.LATENCY);
        List<Contestant> who = List.of(COORD, ZOOKEEPER, ETCD, RATIS_GRPC, RATIS_NETTY);
        return new Stage(
                "start",
                Mode.START,
                "1g",
                true,
                List.of(new Task(StartTrials.COLD, shown, who), new Task(StartTrials.WARM, shown, who)));
    }

    private static Stage failover(boolean quick) {
        List<Figure> shown = List.of(Figure.LATENCY, Figure.TAIL);
        List<Contestant> who = List.of(COORD, ZOOKEEPER, ETCD);
        return new Stage(
                "failover",
                Mode.FAILOVER,
                "1g",
                true,
                List.of(
                        new Task(FailoverTrials.KILL, shown, who),
                        new Task(FailoverTrials.HANG, shown, quick ? List.of(COORD) : who)));
    }

    private static Stage growth(boolean quick) {
        List<Task> tasks = new ArrayList<>();
        for (int count : CoordGrowth.KEYS) {
            if (!quick || count <= 100_000) {
                tasks.add(growing("fill", "keys", count, Figure.RATE));
                if (count >= CoordGrowth.ENOUGH) {
                    tasks.add(growing(CoordGrowth.HEAP, "keys", count, Figure.BYTES));
                }
                tasks.add(growing("put.256", "keys", count, Figure.RATE));
                tasks.add(growing("get.sequential", "keys", count, Figure.RATE));
                tasks.add(growing("range.1", "keys", count, Figure.RATE));
                tasks.add(growing(CoordGrowth.RESTART, "keys", count, Figure.LATENCY));
            }
        }
        for (int count : CoordGrowth.WATCHES) {
            tasks.add(growing("watch", "watches", count, Figure.RATE));
            tasks.add(growing("put.256", "watches", count, Figure.RATE));
        }
        for (int count : CoordGrowth.LEASES) {
            if (!quick || count <= 10_000) {
                tasks.add(growing("grant", "leases", count, Figure.RATE));
                tasks.add(growing("put.256", "leases", count, Figure.RATE));
            }
        }
        return new Stage("growth", Mode.GROWTH, "8g", true, tasks);
    }

    private static Task growing(String work, String things, int count, Figure figure) {
        return new Task(Growing.at(work, things, count), List.of(figure), List.of(COORD));
    }
}
