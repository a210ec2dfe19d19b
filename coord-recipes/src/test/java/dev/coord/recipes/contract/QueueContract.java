package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.SessionExpiredException;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.queue.DeadItem;
import dev.coord.recipes.queue.Delivery;
import dev.coord.recipes.queue.DistributedQueue;
import dev.coord.recipes.queue.PutOptions;
import dev.coord.recipes.queue.QueueOptions;
import dev.coord.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link DistributedQueue}. */
abstract class QueueContract extends RecipeContract {
    private static final PutOptions USUAL = PutOptions.defaults();

    private final List<DistributedQueue<String>> opened = new ArrayList<>();

    private DistributedQueue<String> queue(Coord coord, QueueOptions options) {
        DistributedQueue<String> queue = DistributedQueue.on(coord, path(), Codec.text(), options);
        opened.add(queue);
        return queue;
    }

    private DistributedQueue<String> queue(Coord coord) {
        return queue(coord, QueueOptions.defaults());
    }

    private DistributedQueue<String> queue(int peer) {
        return queue(coord(peer));
    }

    @AfterEach
    void closeAll() {
        opened.forEach(DistributedQueue::close);
    }

    private void acknowledge(Delivery<String> delivery, String value) throws InterruptedException {
        assertThat(delivery.value()).isEqualTo(value);
        assertHeld(delivery);
        assertThat(delivery.ack()).isTrue();
        assertLost(delivery);
    }

    // ---- order

    @Test
    void items_areDeliveredInTheOrderOfPuts_whoeverPutThem() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            ids.add(queue(i % 3).put("item " + i));
        }
        DistributedQueue<String> consumer = queue(1);
        assertThat(consumer.size()).isEqualTo(9);
        for (int i = 0; i < 9; i++) {
            Delivery<String> delivery = consumer.take();
            assertThat(delivery.id()).isEqualTo(ids.get(i));
            assertThat(delivery.attempt()).isEqualTo(1);
            acknowledge(delivery, "item " + i);
        }
        assertThat(consumer.poll(Duration.ZERO)).isEmpty();
        assertThat(new HashSet<>(ids)).hasSize(9);
        assertNothingLeft();
    }

    @Test
    void putsOfOneHandle_areDeliveredInTheirOrder_thoughNobodyWaitedForThem() throws Exception {
        DistributedQueue<String> producer = queue(0);
        List<CompletableFuture<String>> puts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            puts.add(producer.putAsync("item " + i, USUAL));
        }
        DistributedQueue<String> consumer = queue(2);
        for (int i = 0; i < 50; i++) {
            Delivery<String> delivery = consumer.take();
            assertThat(delivery.value()).isEqualTo("item " + i);
            assertThat(delivery.id()).isEqualTo(await(puts.get(i)));
            assertThat(delivery.ack()).isTrue();
        }
        assertNothingLeft();
    }

    @Test
    void smallerPriorities_areDeliveredFirst() throws Exception {
        DistributedQueue<String> queue = queue(0);
        queue.put("usual 1");
        queue.put("last", USUAL.priority(PutOptions.LAST));
        queue.put("first", USUAL.priority(0));
        queue.put("usual 2");
        queue.put("before", USUAL.priority(99));
        eventually("all are there", () -> queue.size() == 5);
        for (String value : List.of("first", "before", "usual 1", "usual 2", "last")) {
            Delivery<String> delivery = queue(1).poll(Duration.ZERO).orElseThrow();
            assertThat(delivery.priority())
                    .isEqualTo(
                            value.startsWith("usual")
                                    ? 100
                                    : value.equals("first") ? 0 : value.equals("last") ? 255 : 99);
            acknowledge(delivery, value);
        }
        assertNothingLeft();
    }

    // ---- waiting

    @Test
    void takers_waitForItems_eachGetsOne() throws Exception {
        List<CompletableFuture<Delivery<String>>> takes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            takes.add(queue(i).takeAsync());
            takes.add(queue(i).takeAsync());
        }
        aMoment();
        assertThat(takes).noneMatch(CompletableFuture::isDone);
        DistributedQueue<String> producer = queue(0);
        Set<String> put = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            producer.put("item " + i);
            put.add("item " + i);
        }
        Set<String> taken = new HashSet<>();
        for (CompletableFuture<Delivery<String>> take : takes) {
            Delivery<String> delivery = await(take);
            taken.add(delivery.value());
            assertThat(await(delivery.ackAsync())).isTrue();
        }
        assertThat(taken).isEqualTo(put);
        assertNothingLeft();
    }

    @Test
    void poll_endsWithoutAnItem_andLeavesNoClaim() throws Exception {
        DistributedQueue<String> queue = queue(0);
        assertThat(queue.poll(Duration.ZERO)).isEmpty();
        assertThat(queue.poll(Duration.ofMillis(100))).isEmpty();
        queue(1).put("item");
        Delivery<String> held = queue.poll(Duration.ZERO).orElseThrow();
        assertThat(queue.poll(Duration.ZERO)).as("delivered already").isEmpty();
        assertThat(queue(2).poll(Duration.ZERO)).as("delivered already").isEmpty();
        assertThat(queue(2).poll(Duration.ofMillis(100))).isEmpty();
        acknowledge(held, "item");
        assertNothingLeft();
    }

    @Test
    void cancelledTake_takesNothing() throws Exception {
        DistributedQueue<String> queue = queue(0);
        CompletableFuture<Delivery<String>> cancelled = queue.takeAsync();
        CompletableFuture<Delivery<String>> next = queue.takeAsync();
        aMoment();
        cancelled.cancel(false);
        queue.put("item");
        acknowledge(await(next), "item");

        CompletableFuture<String> put = queue.putAsync("item 2", USUAL);
        CompletableFuture<Delivery<String>> atThatMoment = queue.takeAsync();
        await(put);
        if (!atThatMoment.cancel(false)) {
            await(atThatMoment.thenCompose(Delivery::closeAsync));
        }
        Delivery<String> rest = await(queue(1).takeAsync());
        assertThat(await(rest.ackAsync())).isTrue();
        assertNothingLeft();
    }

    @Test
    void closedQueue_failsThoseWhoWait_andRefusesOthers_butDeliveriesLiveOn() throws Exception {
        DistributedQueue<String> queue = queue(0);
        queue.put("item");
        Delivery<String> held = queue.take();
        CompletableFuture<Delivery<String>> waiting = queue.takeAsync();
        aMoment();
        queue.close();
        queue.close();
        assertThat(failure(waiting)).isInstanceOf(ClosedException.class);
        assertThat(failure(queue.takeAsync())).isInstanceOf(ClosedException.class);
        assertThat(failure(queue.putAsync("more", USUAL))).isInstanceOf(ClosedException.class);
        acknowledge(held, "item");
        assertNothingLeft();
    }

    @Test
    void interruptedCaller_waitsForNothing_andTakesNothing() throws Exception {
        DistributedQueue<String> queue = queue(0);
        Thread.currentThread().interrupt();
        assertThatThrownBy(queue::take).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> queue.put("item")).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(queue.size()).isZero();
        assertNothingLeft();
    }

    // ---- giving back

    @Test
    void itemGivenBack_isDeliveredAgain_inItsOldPlace() throws Exception {
        DistributedQueue<String> queue = queue(0);
        String id = queue.put("item 1");
        queue.put("item 2");
        Delivery<String> first = queue.take();
        first.close();
        first.close();
        assertLost(first);
        assertThatThrownBy(first::ack).isInstanceOf(IllegalStateException.class);
        Delivery<String> again = queue(1).take();
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.fencingToken()).isGreaterThan(first.fencingToken());
        acknowledge(again, "item 1");
        acknowledge(queue.take(), "item 2");
        assertNothingLeft();
    }

    @Test
    void itemGivenBack_wakesWhoeverWaits() throws Exception {
        queue(0).put("item");
        Delivery<String> held = queue(0).take();
        CompletableFuture<Delivery<String>> waiting = queue(1).takeAsync();
        aMoment();
        assertThat(waiting).isNotDone();
        held.nack();
        acknowledge(await(waiting), "item");
        assertNothingLeft();
    }

    @Test
    void acknowledgedItem_cannotBeAcknowledgedAgain_norGivenBack() throws Exception {
        queue(0).put("item");
        Delivery<String> delivery = queue(0).take();
        assertThat(delivery.ack()).isTrue();
        assertThatThrownBy(delivery::ack).isInstanceOf(IllegalStateException.class);
        delivery.close();
        await(delivery.lost());
        assertNothingLeft();
    }

    @Test
    void acknowledgement_doesWhatIsGiven_withTheItemOrNotAtAll() throws Exception {
        queue(0).put("item");
        Delivery<String> lost = queue(0).take();
        coord(1).kv().txn().then(Op.delete(KeyRange.prefix(path() + "/~m/c"))).commit();
        assertThat(lost.ack(Op.put(path() + "-done", "lost"))).isFalse();
        assertLost(lost);
        Delivery<String> delivery = queue(2).take();
        assertThat(delivery.ack(Op.put(path() + "-done", "taken"))).isTrue();
        assertThat(coord(0).kv().get(path() + "-done").orElseThrow().text()).isEqualTo("taken");
        coord(0).kv().delete(path() + "-done");
        assertNothingLeft();
    }

    // ---- faults

    @Test
    void consumerThatCrashes_returnsItsItem() throws Exception {
        String mortal = leader();
        List<String> others = othersThan(mortal);
        DistributedQueue<String> producer = queue(cluster().coord(others.get(0)));
        producer.put("item 1");
        producer.put("item 2");
        Delivery<String> held = await(queue(cluster().open(mortal, TTL)).takeAsync());
        DistributedQueue<String> other = queue(cluster().coord(others.get(1)));
        acknowledge(await(other.takeAsync()), "item 2");
        CompletableFuture<Delivery<String>> waiting = other.takeAsync();
        cluster().faults().crash(mortal);
        Delivery<String> again = await(waiting);
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.id()).isEqualTo(held.id());
        assertThat(again.fencingToken()).isGreaterThan(held.fencingToken());
        assertThat(await(again.ackAsync())).isTrue();
        assertNothingLeft();
    }

    @Test
    void consumerThatIsCutOff_losesItsItemBeforeAnotherGetsIt_andCannotAcknowledgeIt() throws Exception {
        String consumer = leader();
        List<String> others = othersThan(consumer);
        Coord cutOff = cluster().open(consumer, TTL);
        DistributedQueue<String> late = queue(cutOff);
        queue(cluster().coord(others.get(0))).put("item");
        Delivery<String> held = await(late.takeAsync());
        CompletableFuture<Delivery<String>> next =
                queue(cluster().coord(others.get(0))).takeAsync();
        CompletableFuture<Boolean> wasOver =
                next.thenApply(granted -> !held.isValid() && held.lost().isDone());
        cluster().faults().isolate(consumer);
        Delivery<String> again = await(next);
        assertThat(await(wasOver)).isTrue();
        cluster().faults().heal();
        assertThat(await(held.ackAsync(Op.put(path() + "-done", "late")))).isFalse();
        assertThat(again.isValid()).isTrue();
        assertThat(await(again.ackAsync())).isTrue();
        assertThat(failure(late.takeAsync())).isInstanceOf(SessionExpiredException.class);
        assertNothingLeft();
    }

    @Test
    void changeOfTheRaftLeader_losesNoItem_andNoWaiter() throws Exception {
        String leader = leader();
        List<String> others = othersThan(leader);
        DistributedQueue<String> producer = queue(cluster().coord(leader));
        DistributedQueue<String> consumer = queue(cluster().coord(others.get(0)));
        producer.put("held");
        Delivery<String> held = await(consumer.takeAsync());
        CompletableFuture<Delivery<String>> waiting = consumer.takeAsync();
        cluster().faults().isolate(leader);
        CompletableFuture<String> put = producer.putAsync("item", USUAL);
        eventually(
                "another Raft leader",
                () -> cluster().leader().filter(others::contains).isPresent());
        assertThat(held.isValid()).isTrue();
        assertThat(await(held.ackAsync())).isTrue();
        cluster().faults().heal();
        Delivery<String> delivery = await(waiting);
        assertThat(delivery.id()).isEqualTo(await(put));
        assertThat(await(delivery.ackAsync())).isTrue();
        assertNothingLeft();
    }

    @Test
    void manyProducersAndConsumers_acrossAChangeOfTheRaftLeader_acknowledgeEachItemOnce() throws Exception {
        int each = 20;
        ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> consumers = new ArrayList<>();
        List<CompletableFuture<String>> puts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            consumers.add(consume(queue(i), each, acknowledged));
            DistributedQueue<String> producer = queue(i);
            for (int j = 0; j < each; j++) {
                puts.add(producer.putAsync(i + "." + j, USUAL.priority(j % 3)));
            }
        }
        changeRaftLeader();
        Set<String> ids = new HashSet<>();
        puts.forEach(put -> ids.add(await(put)));
        consumers.forEach(this::await);
        assertThat(ids).hasSize(3 * each);
        assertThat(acknowledged).containsExactlyInAnyOrderElementsOf(ids);
        assertNothingLeft();
    }

    private CompletableFuture<Void> consume(
            DistributedQueue<String> queue, int items, ConcurrentLinkedQueue<String> to) {
        return items == 0
                ? CompletableFuture.completedFuture(null)
                : queue.takeAsync()
                        .thenCompose(delivery -> delivery.ackAsync().thenCompose(done -> {
                            if (done) {
                                to.add(delivery.id());
                            }
                            return consume(queue, done ? items - 1 : items, to);
                        }));
    }

    // ---- delays

    @Test
    void delayedItem_isDeliveredAfterItsDelay_notBefore() throws Exception {
        DistributedQueue<String> queue = queue(0);
        // The Raft leader's clock counts, and clocks differ by one part in 50 at most.
        Deadline notBefore = Deadline.after(cluster().ticker(), Duration.ofMillis(980));
        String id = queue.put("later", USUAL.delay(Duration.ofSeconds(1)));
        queue.put("now");
        CompletableFuture<Boolean> inTime = queue(2).takeAsync()
                .thenCompose(first ->
                        first.value().equals("now") ? first.ackAsync() : CompletableFuture.completedFuture(false));
        assertThat(await(inTime)).isTrue();
        assertThat(queue(1).poll(Duration.ZERO)).isEmpty();
        Delivery<String> delivery = await(queue(1).takeAsync());
        assertThat(notBefore.remaining()).as("what is left of the delay").isLessThanOrEqualTo(Duration.ZERO);
        assertThat(delivery.id()).isEqualTo(id);
        acknowledge(delivery, "later");
        assertNothingLeft();
    }

    @Test
    void delay_survivesTheCrashOfWhoeverPut_andAChangeOfTheRaftLeader() throws Exception {
        String mortal = leader();
        List<String> others = othersThan(mortal);
        DistributedQueue<String> producer = queue(cluster().open(mortal, TTL));
        await(producer.putAsync("later", USUAL.delay(Duration.ofSeconds(2))));
        CompletableFuture<Delivery<String>> waiting =
                queue(cluster().coord(others.get(0))).takeAsync();
        cluster().faults().crash(mortal);
        aMoment();
        assertThat(waiting).isNotDone();
        Delivery<String> delivery = await(waiting);
        assertThat(delivery.value()).isEqualTo("later");
        assertThat(await(delivery.ackAsync())).isTrue();
        assertNothingLeft();
    }

    @Test
    void itemGivenBackForAWhile_isDeliveredAgainAfterIt() throws Exception {
        DistributedQueue<String> queue = queue(0);
        queue.put("item");
        Delivery<String> first = queue.take();
        assertThat(first.nack(Duration.ofSeconds(1))).isTrue();
        assertLost(first);
        assertThatThrownBy(() -> first.nack(Duration.ofSeconds(1))).isInstanceOf(IllegalStateException.class);
        assertThat(queue(1).poll(Duration.ZERO)).isEmpty();
        Delivery<String> again = queue(2).take();
        assertThat(again.attempt()).isEqualTo(2);
        acknowledge(again, "item");
        assertNothingLeft();
    }

    // ---- bounds

    @Test
    void fullQueue_refusesOrHasProducersWait() throws Exception {
        QueueOptions two = QueueOptions.defaults().capacity(2);
        DistributedQueue<String> queue = queue(coord(0), two);
        queue.put("item 1");
        assertThat(queue.offer("item 2", USUAL.priority(7), Duration.ZERO)).isPresent();
        assertThat(queue.offer("too much", USUAL, Duration.ZERO)).isEmpty();
        assertThat(queue.offer("too much", USUAL, Duration.ofMillis(100))).isEmpty();
        CompletableFuture<String> waiting = queue.putAsync("item 3", USUAL);
        CompletableFuture<String> behind = queue(coord(1), two).putAsync("item 4", USUAL);
        CompletableFuture<String> cancelled = queue.putAsync("never", USUAL);
        aMoment();
        assertThat(waiting).isNotDone();
        assertThat(queue.offer("too much", USUAL, Duration.ZERO)).isEmpty();
        cancelled.cancel(false);
        DistributedQueue<String> consumer = queue(2);
        Delivery<String> second = consumer.take();
        aMoment();
        assertThat(waiting).as("delivered is not acknowledged").isNotDone();
        acknowledge(second, "item 2");
        acknowledge(await(consumer.takeAsync()), "item 1");
        await(waiting);
        await(behind);
        assertThat(List.of(await(consumer.takeAsync()), await(consumer.takeAsync())))
                .allMatch(delivery -> await(delivery.ackAsync()));
        assertNothingLeft();
    }

    @Test
    void itemNobodyCanDo_isMovedAside_afterSoManyAttempts() throws Exception {
        QueueOptions twice = QueueOptions.defaults().maxAttempts(2);
        DistributedQueue<String> queue = queue(coord(0), twice);
        String id = queue.put("poison");
        queue.put("food");
        for (int attempt = 1; attempt <= 2; attempt++) {
            Delivery<String> delivery = queue(coord(1), twice).take();
            assertThat(delivery.id()).isEqualTo(id);
            assertThat(delivery.attempt()).isEqualTo(attempt);
            delivery.close();
        }
        acknowledge(queue(coord(2), twice).take(), "food");
        eventually("it is aside", () -> queue.size() == 0);
        assertThat(queue.dead(10))
                .containsExactly(new DeadItem(id, Value.of("poison"), DeadItem.Reason.ATTEMPTS_EXHAUSTED, 2));
        assertThat(queue.poll(Duration.ZERO)).isEmpty();
        assertThat(queue.deleteDead(id)).isTrue();
        assertThat(queue.deleteDead(id)).isFalse();
        assertThat(queue.dead(1)).isEmpty();
        assertNothingLeft();
    }

    @Test
    void itemNobodyCanRead_isMovedAside() throws Exception {
        DistributedQueue<Integer> numbers = DistributedQueue.on(
                coord(1),
                path(),
                Codec.of(number -> Value.of("" + number), value -> Integer.parseInt(value.asString())));
        String id = queue(0).put("seven");
        numbers.put(8);
        try (numbers;
                Delivery<Integer> delivery = numbers.take()) {
            assertThat(delivery.value()).isEqualTo(8);
            assertThat(delivery.ack()).isTrue();
        }
        eventually("it is aside", () -> queue(0).dead(2).size() == 1);
        assertThat(queue(0).dead(2))
                .containsExactly(new DeadItem(id, Value.of("seven"), DeadItem.Reason.UNREADABLE, 0));
        assertThat(queue(0).deleteDead(id)).isTrue();
        assertNothingLeft();
    }

    @Test
    void deadItem_isPutBackOnce_behindTheOthers_andTriedAnew() throws Exception {
        QueueOptions once = QueueOptions.defaults().maxAttempts(1).capacity(2);
        DistributedQueue<String> queue = queue(coord(0), once);
        String id = queue.put("item", USUAL.priority(7));
        queue.take().close();
        assertThat(queue.poll(Duration.ZERO)).isEmpty();
        eventually("it is aside", () -> queue.dead(2).size() == 1);
        queue.put("before", USUAL.priority(7));

        CompletableFuture<Optional<String>> back = queue(coord(1), once).requeueAsync(id);
        CompletableFuture<Optional<String>> backToo = queue(coord(2), once).requeueAsync(id);
        List<String> ids =
                Stream.of(await(back), await(backToo)).flatMap(Optional::stream).toList();
        assertThat(ids).hasSize(1).doesNotContain(id);
        assertThat(queue.dead(2)).isEmpty();
        assertThat(queue.requeue(id)).isEmpty();
        assertThat(queue.requeue("no such id")).isEmpty();

        acknowledge(queue.take(), "before");
        Delivery<String> again = queue.take();
        assertThat(again.id()).isEqualTo(ids.get(0));
        assertThat(again.priority()).isEqualTo(7);
        assertThat(again.attempt()).isEqualTo(1);
        acknowledge(again, "item");
        assertNothingLeft();
    }

    @Test
    void deadItem_thatIsPutBack_waitsForRoom() throws Exception {
        QueueOptions small = QueueOptions.defaults().maxAttempts(1).capacity(1);
        DistributedQueue<String> queue = queue(coord(0), small);
        String id = queue.put("item");
        queue.take().close();
        assertThat(queue.poll(Duration.ZERO)).isEmpty();
        eventually("it is aside", () -> queue.dead(2).size() == 1);
        queue.put("other");
        CompletableFuture<Optional<String>> back = queue(coord(1), small).requeueAsync(id);
        aMoment();
        assertThat(back).isNotDone();
        assertThat(queue.dead(2)).hasSize(1);
        acknowledge(queue.take(), "other");
        assertThat(await(back)).isPresent();
        acknowledge(queue.take(), "item");
        assertNothingLeft();
    }

    @Test
    void guardedPut_isFencedOnceTheGuardFails() throws Exception {
        Guard guard = Guard.exists(path() + "-mine");
        coord(0).kv().put(path() + "-mine", "");
        DistributedQueue<String> queue = queue(0);
        queue.put("item", USUAL.when(guard));
        coord(0).kv().delete(path() + "-mine");
        assertThat(failure(queue.putAsync("late", USUAL.when(guard)))).isInstanceOf(FencedException.class);
        assertThat(failure(queue(1).offerAsync("late", USUAL.when(guard), Duration.ZERO)))
                .isInstanceOf(FencedException.class);
        acknowledge(queue.take(), "item");
        assertNothingLeft();
    }

    @Test
    void badNumbersAndPaths_areRefused() {
        assertThatThrownBy(() -> QueueOptions.defaults().capacity(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QueueOptions.defaults().maxAttempts(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> USUAL.delay(Duration.ofMillis(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> USUAL.delay(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> USUAL.priority(256)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> queue(0).dead(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> queue(0).putAsync(null, USUAL))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("item");
        for (String bad : List.of("", path() + "/", path() + "/~x", path() + "//x")) {
            assertThatThrownBy(() -> DistributedQueue.on(coord(0), bad, Codec.text()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
