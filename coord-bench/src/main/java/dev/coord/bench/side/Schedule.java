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
        return List.of(operations());
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
}
