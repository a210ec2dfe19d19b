package dev.coord.examples.comingfrom;

import dev.coord.Coord;
import dev.coord.kv.Op;
import dev.coord.recipes.assignment.AssignmentListener;
import dev.coord.recipes.assignment.Participant;
import dev.coord.recipes.assignment.PartitionAssignment;
import dev.coord.recipes.lock.DistributedLock;
import dev.coord.recipes.lock.LockHandle;
import dev.coord.recipes.lock.ReadLockHandle;
import dev.coord.recipes.lock.Upgrade;
import dev.coord.recipes.lock.WaitGraph;
import dev.coord.recipes.queue.Delivery;
import dev.coord.recipes.sync.DistributedLong;
import java.time.Duration;
import java.util.List;

/** The middle column of docs/coming-from.md, row by row: {@link ComingFromDocTest} keeps the two equal. */
final class FromNowhere {

    private FromNowhere() {}

    static LockHandle lockDelay(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a")
                .withLockDelay(Duration.ofSeconds(15))
                .acquire();
    }

    static List<List<WaitGraph.Wait>> cycles(Coord coord) throws Exception {
        return WaitGraph.of(coord, "/locks/").cycles();
    }

    static LockHandle detecting(Coord coord) throws Exception {
        return DistributedLock.on(coord, "/locks/a")
                .withOwner("request-7")
                .detectingDeadlocks("/locks/")
                .acquire();
    }

    static Upgrade upgrade(ReadLockHandle reader) throws Exception {
        return reader.tryUpgrade(Duration.ofSeconds(2));
    }

    static long guardedCount(Coord coord, LockHandle lock) throws Exception {
        return DistributedLong.on(coord, "/counts/a").when(lock.guard()).addAndGet(5);
    }

    static boolean ackWith(Delivery<String> delivery) throws Exception {
        return delivery.ack(Op.put("/mail/m-1", "sent"));
    }

    static Participant partitions(Coord coord, AssignmentListener listener) throws Exception {
        return PartitionAssignment.on(coord, "/work/orders").partitions(64).join("n1", listener);
    }
}
