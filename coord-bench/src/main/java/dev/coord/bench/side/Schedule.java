package dev.coord.bench.side;

import static dev.coord.bench.side.Contestant.COORD;
import static dev.coord.bench.side.Contestant.COORD_FOLLOWER;
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

    static List<Stage> stages() {
        return List.of(operations(), recipes(), watches());
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
        return new Stage("operations", "2g", false, tasks);
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
        return new Stage("recipes", "2g", false, tasks);
    }

    private static Stage watches() {
        List<Task> tasks = new ArrayList<>();
        for (int watchers : WatchWorks.WATCHERS) {
            tasks.add(new Task(WatchWorks.alone(watchers), SPEED, List.of(COORD, ZOOKEEPER, ETCD)));
            tasks.add(new Task(WatchWorks.many(watchers), SPEED, List.of(COORD, ZOOKEEPER, ETCD)));
        }
        tasks.add(new Task(CoordSide.KEEP_ALIVE, List.of(Figure.RATE), List.of(COORD, ETCD)));
        tasks.add(new Task(EtcdSide.KEEP_ALIVE_STREAM, List.of(Figure.RATE), List.of(ETCD)));
        return new Stage("watches", "2g", false, tasks);
    }
}
