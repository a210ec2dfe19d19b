package dev.coord.recipes.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.LimitExceededException;
import dev.coord.kv.Entry;
import dev.coord.kv.Op;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeKv.Fault;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A participation that ends by a failure while its session lives. */
class ParticipationTest {
    private static final int PARTITIONS = 4;

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord coord = world.join(Duration.ofSeconds(3));
    private final AssignmentListener listener = new AssignmentListener() {
        @Override
        public void onAssigned(PartitionOwnership ownership) {}
    };

    private CompletableFuture<Participant> startJoin(FakeCoord member, String name) {
        return PartitionAssignment.on(member, "/work")
                .partitions(PARTITIONS)
                .restartGrace(Duration.ZERO)
                .joinAsync(name, listener);
    }

    private Participant join(FakeCoord member, String name) {
        CompletableFuture<Participant> joined = startJoin(member, name);
        world.advance(Duration.ofSeconds(1));
        return joined.join();
    }

    private List<Entry> keys(String below) {
        return world.store().entries("/work/" + below);
    }

    private void fail() {
        coord.endWatches(new LimitExceededException("no more watches"));
    }

    @Test
    void failure_takesAllItsKeysOutOfTheStore() {
        Participant participant = join(coord, "one");
        assertThat(keys("o/")).hasSize(PARTITIONS);
        PartitionOwnership owned = participant.owned().get("0");
        fail();
        world.settle();

        assertThat(owned.isValid()).isFalse();
        assertThat(owned.closeAsync()).isCompleted();
        assertThat(coord.session().isValid()).isTrue();
        assertThat(List.of(keys("o/"), keys("m/"), keys("leader/"))).allMatch(List::isEmpty);
        assertThat(participant.closeAsync()).isCompleted();
        assertThatThrownBy(participant.ended()::get).hasCauseInstanceOf(LimitExceededException.class);
    }

    @Test
    void failure_whileTheStoreRefusesWrites_takesTheKeysOutLater() {
        Participant participant = join(coord, "one");
        for (int i = 0; i < 3; i++) {
            coord.kv().failNextWrite(Fault.REFUSE);
            coord.kv().failNextWrite(Fault.LOSE_REQUEST);
        }
        fail();
        world.settle();
        assertThat(participant.ended()).isCompletedExceptionally();
        assertThat(participant.closeAsync()).as("its keys are there").isNotDone();
        world.advance(Duration.ofSeconds(1));

        assertThat(List.of(keys("o/"), keys("m/"), keys("leader/"))).allMatch(List::isEmpty);
        assertThat(participant.closeAsync()).isCompleted();
    }

    /** Puts a member into the store that some other implementation wrote, or one whose replica lagged. */
    private void write(FakeCoord by, String name, String partitions) {
        var unused = by.kv()
                .txn()
                .then(Op.put("/work/m/" + name, AssignmentView.Registration.text(name, 1, partitions, false)))
                .commitAsync();
        world.settle();
    }

    /** Of two who are given different partitions, the one that came later is wrong. */
    @Test
    void registration_withoutAnAnswer_isFound_thoughOneWithOtherPartitionsCameAfterIt() {
        FakeCoord other = world.join(Duration.ofSeconds(3));
        coord.kv().failNextWrite(Fault.LOSE_REPLY);
        CompletableFuture<Participant> joined = startJoin(coord, "one");
        world.settle();
        write(other, "two", "8.abc");
        world.advance(Duration.ofSeconds(1));
        assertThat(joined).isCompleted();
        CompletableFuture<Void> left = joined.join().closeAsync();
        world.advance(Duration.ofSeconds(1));
        assertThat(left).isCompleted();
        assertThat(keys("m/")).extracting(Entry::key).containsExactly("/work/m/two");
    }

    @Test
    void registration_withoutAnAnswer_asTheLastMemberThereCanBe_isFound() {
        FakeCoord other = world.join(Duration.ofSeconds(3));
        Settings settings = Settings.USUAL.withPartitions(List.of("0", "1", "2", "3"));
        for (int i = 1; i < PartitionAssignment.MAX_MEMBERS; i++) {
            write(other, "member" + i, settings.partitionsMark());
        }
        coord.kv().failNextWrite(Fault.LOSE_REPLY);
        CompletableFuture<Participant> joined = startJoin(coord, "one");
        world.advance(Duration.ofSeconds(1));
        assertThat(joined).isCompleted();
        assertThat(keys("m/one")).hasSize(1);
    }

    @Test
    void registration_withoutAnAnswer_isTakenAway_whenAllFails() {
        coord.kv().failNextWrite(Fault.LOSE_REPLY);
        CompletableFuture<Participant> joined = startJoin(coord, "one");
        world.settle();
        assertThat(keys("m/")).hasSize(1);
        fail();
        world.advance(Duration.ofSeconds(1));
        assertThat(joined).isCompletedExceptionally();
        assertThat(keys("m/")).isEmpty();
    }

    @Test
    void failure_letsOthersOwnItsPartitions_beforeItsSessionEnds() {
        FakeCoord other = world.join(Duration.ofSeconds(3));
        join(coord, "one");
        Participant two = join(other, "two");
        fail();
        world.advance(Duration.ofSeconds(5));
        assertThat(two.owned()).hasSize(PARTITIONS);
        assertThat(two.owned().values()).allMatch(PartitionOwnership::isValid);
    }
}
