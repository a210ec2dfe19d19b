package dev.coord.recipes.broadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.kv.Value;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import dev.coord.recipes.internal.WireWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What restarts do to messages on their way, and what is no message at all: the test writes those of the others by hand. */
@Timeout(60)
class HandMadeMessagesTest {
    private static final int FIRST = 1;
    private static final int MESSAGE = 2;
    private static final int ACKNOWLEDGEMENT = 3;
    private static final int ROLL = 4;
    private static final Duration RETRY = Duration.ofMillis(10);
    private static final Life OLD = new Life(1_001, 1);
    private static final Life NEW = new Life(1_002, 1);

    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord coord = world.join(Duration.ofMinutes(1));
    private final ManualMessenger messenger = new ManualMessenger();
    private final List<String> heard = new ArrayList<>();

    private BroadcastGroup group() {
        return BroadcastGroup.on(coord, messenger, "g").withRetryEvery(RETRY);
    }

    private CausalBroadcast causal() {
        return CausalBroadcast.open(
                group(), delivery -> heard.add(delivery.payload().asString()));
    }

    private TotalOrderBroadcast total() {
        return TotalOrderBroadcast.open(
                group(), delivery -> heard.add(delivery.payload().asString()));
    }

    private Life own() {
        return messenger.sent.get(0).parcel().life;
    }

    private Receipt send(String from, Life life, Life target, long number, WireWriter body) {
        CompletableFuture<byte[]> answer =
                messenger.arrives(from, new Parcel(life, 1, target, number, body.done()).encode());
        world.settle();
        return Receipt.decode(answer.join());
    }

    private Receipt send(String from, Life life, long number, WireWriter body) {
        return send(from, life, Life.UNKNOWN, number, body);
    }

    private static Frontier frontier(Object... membersLivesAndCounts) {
        Frontier frontier = new Frontier();
        for (int i = 0; i < membersLivesAndCounts.length; i += 3) {
            Point point = new Point(
                    (Life) membersLivesAndCounts[i + 1], ((Integer) membersLivesAndCounts[i + 2]).longValue());
            frontier.raise((String) membersLivesAndCounts[i], point);
        }
        return frontier;
    }

    private static WireWriter first(Frontier clock) {
        return clock.writeTo(new WireWriter(FIRST));
    }

    private static WireWriter message(Frontier clock, String text) {
        return clock.writeTo(new WireWriter(MESSAGE)).rest(Value.of(text).toByteArray());
    }

    private static WireWriter stamped(int kind, long time) {
        return new WireWriter(kind).number(time);
    }

    // ---- the channel

    @Test
    void receiptOfAFormerProcess_countsNothingForTheNewOne() {
        causal();
        ManualMessenger.Sent toOld = messenger.sent.stream()
                .filter(each -> each.to().equals("b"))
                .findFirst()
                .orElseThrow();
        send("b", NEW, 1, first(frontier("b", NEW, 0)));
        messenger.sent.clear();
        toOld.answer().complete(new Receipt(Receipt.Status.RECEIVED, OLD, 1, "").encode());
        world.advance(RETRY.multipliedBy(2));
        List<Parcel> again = messenger.takeSentTo("b");
        assertThat(again).hasSize(1);
        assertThat(again.get(0).number).isEqualTo(1);
        assertThat(again.get(0).target).isEqualTo(NEW);
    }

    @Test
    void parcelForAFormerProcessOfThisMember_isAnsweredAndTellsNothing() {
        TotalOrderBroadcast total = total();
        Receipt receipt = send("b", OLD, new Life(1, 1), 7, stamped(MESSAGE, 9));
        assertThat(receipt).isEqualTo(new Receipt(Receipt.Status.RECEIVED, own(), 0, ""));
        assertThat(send("b", NEW, 1, new WireWriter(FIRST)).received()).isEqualTo(1);
        assertThat(total.ended()).isNotDone();
    }

    @Test
    void formerProcess_isToldThatItWasReplaced() {
        causal();
        send("b", NEW, 1, first(frontier("b", NEW, 0)));
        assertThat(send("b", OLD, 1, first(frontier("b", OLD, 5))).status()).isEqualTo(Receipt.Status.REPLACED);
    }

    @Test
    void processThatWasReplaced_ends() {
        TotalOrderBroadcast total = total();
        messenger.sent.get(0).answer().complete(new Receipt(Receipt.Status.REPLACED, NEW, 0, "").encode());
        world.settle();
        assertThatThrownBy(() -> total.ended().join())
                .hasCauseInstanceOf(MemberRestartedException.class)
                .hasMessageContaining("member a of the group total:g has restarted");
    }

    /** Else to close one, or to open it with an older session, would end the group for all. */
    @Test
    void processThatIsClosedOrReplaced_doesNotTellOthersThatTheGroupIsOver() {
        CausalBroadcast closed = causal();
        closed.close();
        assertThat(messenger.isClosed).isTrue();
        assertThatThrownBy(() -> send("b", NEW, 1, first(frontier("b", NEW, 0))))
                .hasRootCauseInstanceOf(ClosedException.class);

        TotalOrderBroadcast replaced = total();
        ManualMessenger.Sent last = messenger.sent.get(messenger.sent.size() - 1);
        last.answer().complete(new Receipt(Receipt.Status.REPLACED, NEW, 0, "").encode());
        world.settle();
        assertThat(replaced.ended()).isCompletedExceptionally();
        assertThatThrownBy(() -> send("b", NEW, 1, new WireWriter(FIRST)))
                .hasRootCauseInstanceOf(MemberRestartedException.class);
    }

    @Test
    void whatIsNoMessage_isRefused_andTheNextIsTaken() {
        causal();
        assertThatThrownBy(() -> messenger.arrives("stranger", new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stranger is no member of the group causal:g");
        assertThatThrownBy(() -> messenger.arrives("b", new byte[] {1, 2, 3})).hasMessageContaining("ends too soon");
        assertThatThrownBy(() -> messenger.arrives("b", new byte[] {9})).hasMessageContaining("unknown kind 9");
        for (WireWriter body : List.of(
                new WireWriter(77),
                new WireWriter(FIRST),
                new WireWriter(MESSAGE).number(1).number(-1))) {
            assertThatThrownBy(() -> send("b", NEW, 1, body)).hasRootCauseInstanceOf(IllegalArgumentException.class);
        }
        assertThat(send("b", NEW, 1, first(frontier("b", NEW, 0))).received()).isEqualTo(1);
    }

    @Test
    void stampAtTheEndOfTime_isRefused_andEndsNothing() {
        TotalOrderBroadcast total = total();
        assertThat(send("b", OLD, 1, new WireWriter(FIRST)).received()).isEqualTo(1);
        for (int kind : List.of(MESSAGE, ACKNOWLEDGEMENT)) {
            for (long time : List.of(Long.MAX_VALUE, Long.MAX_VALUE - 1, -1L)) {
                assertThatThrownBy(() -> send("b", OLD, 2, stamped(kind, time)))
                        .as(kind + " at " + time)
                        .hasRootCauseInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(send("b", OLD, 2, stamped(ACKNOWLEDGEMENT, 5)).received()).isEqualTo(2);
        assertThat(total.ended()).isNotDone();
    }

    @Test
    void answerThatCannotBeRead_isNone_andTheMessageIsSentAgain() {
        TotalOrderBroadcast total = total();
        for (byte[] garbage : List.of(new byte[0], new byte[] {77}, new byte[] {1, 2, 3})) {
            ManualMessenger.Sent toB = messenger.sent.stream()
                    .filter(each -> each.to().equals("b"))
                    .findFirst()
                    .orElseThrow();
            messenger.sent.clear();
            toB.answer().complete(garbage);
            world.advance(RETRY.multipliedBy(2));
            assertThat(total.ended()).isNotDone();
            assertThat(messenger.sent).anyMatch(each -> each.to().equals("b"));
        }
    }

    private void refuseAllOf(String peer) {
        List<ManualMessenger.Sent> refused =
                messenger.sent.stream().filter(each -> each.to().equals(peer)).toList();
        messenger.sent.clear();
        refused.forEach(each -> each.answer().complete(new Receipt(Receipt.Status.RECEIVED, OLD, 1, "").encode()));
        world.settle();
    }

    @Test
    void whatIsRefused_isTriedAgainByItsFirstMessageOnly_andLessAndLessOften() {
        CausalBroadcast causal = causal();
        send("b", OLD, 1, first(frontier("b", OLD, 0)));
        for (int i = 0; i < 100; i++) {
            assertThat(causal.broadcast(Value.of("m" + i))).isNotDone();
        }
        refuseAllOf("b");
        for (int i = 0; i < 10; i++) {
            refuseAllOf("b");
        }
        int tries = 0;
        for (int i = 0; i < 80; i++) {
            world.advance(RETRY);
            List<Parcel> again = messenger.sent.stream()
                    .filter(each -> each.to().equals("b"))
                    .map(ManualMessenger.Sent::parcel)
                    .toList();
            assertThat(again).hasSizeLessThanOrEqualTo(1).allMatch(parcel -> parcel.number == 2);
            tries += again.size();
            refuseAllOf("b");
        }
        assertThat(tries).isBetween(8, 15);
        world.advance(RETRY.multipliedBy(10));
        ManualMessenger.Sent last = messenger.sent.stream()
                .filter(each -> each.to().equals("b"))
                .findFirst()
                .orElseThrow();
        messenger.sent.clear();
        last.answer().complete(new Receipt(Receipt.Status.RECEIVED, OLD, 2, "").encode());
        world.settle();
        assertThat(messenger.takeSentTo("b"))
                .extracting(parcel -> parcel.number)
                .containsExactly(3L, 4L);
    }

    @Test
    void broadcastInTotalOrder_isDoneWhenItIsDeliveredHere_andEachMemberHasIt() {
        TotalOrderBroadcast total = total();
        Frontier roll = frontier("a", own(), 0, "b", OLD, 0, "c", OLD, 0);
        CompletableFuture<Void> done = total.broadcast(Value.of("m"));
        for (String member : List.of("b", "c")) {
            send(member, OLD, 1, new WireWriter(FIRST));
            send(member, OLD, 2, stamped(ACKNOWLEDGEMENT, 9));
        }
        for (String member : List.of("b", "c")) {
            send(member, OLD, 3, roll.writeTo(new WireWriter(ROLL)));
        }
        assertThat(heard).containsExactly("m");
        assertThat(done).as("they were heard, and have not got it").isNotDone();
        receiveAll("b");
        assertThat(done).isNotDone();
        receiveAll("c");
        assertThat(done).isCompleted();
    }

    private void receiveAll(String peer) {
        long last = messenger.sent.stream()
                .filter(each -> each.to().equals(peer))
                .mapToLong(each -> each.parcel().number)
                .max()
                .orElseThrow();
        messenger.sent.stream()
                .filter(each -> each.to().equals(peer))
                .toList()
                .forEach(each -> each.answer().complete(new Receipt(Receipt.Status.RECEIVED, OLD, last, "").encode()));
        world.settle();
    }

    @Test
    void memberThatRestartsBeforeItHasTheMessage_failsTheBroadcast_thoughItWasDelivered() {
        TotalOrderBroadcast total = total();
        Frontier roll = frontier("a", own(), 0, "b", OLD, 0, "c", OLD, 0);
        CompletableFuture<Void> done = total.broadcast(Value.of("m"));
        for (String member : List.of("b", "c")) {
            send(member, OLD, 1, new WireWriter(FIRST));
            send(member, OLD, 2, stamped(ACKNOWLEDGEMENT, 9));
        }
        for (String member : List.of("b", "c")) {
            send(member, OLD, 3, roll.writeTo(new WireWriter(ROLL)));
        }
        receiveAll("c");
        send("b", NEW, 1, new WireWriter(FIRST));
        assertThat(heard).containsExactly("m");
        assertThatThrownBy(done::join).hasCauseInstanceOf(MemberRestartedException.class);
    }

    // ---- where a new process begins

    @Test
    void whatOthersSayOfOneThatHasBegunItself_skipsNothingOfIt() {
        causal();
        send("b", OLD, 1, first(frontier("b", OLD, 0)));
        send("c", OLD, 1, first(frontier("c", OLD, 0, "b", OLD, 1)));
        send("c", OLD, 2, message(frontier("c", OLD, 1, "b", OLD, 1), "reply"));
        assertThat(heard).isEmpty();
        send("b", OLD, 2, message(frontier("b", OLD, 1), "question"));
        assertThat(heard).containsExactly("question", "reply");
    }

    @Test
    void whatOthersSayOfOneThatIsDead_isNotWaitedFor() {
        CausalBroadcast causal = causal();
        send("c", OLD, 1, first(frontier("c", OLD, 0, "b", OLD, 3)));
        send("c", OLD, 2, message(frontier("c", OLD, 1, "b", OLD, 3), "depends on the dead"));
        assertThat(heard).containsExactly("depends on the dead");
        // It lives after all: what came before is over.
        send("b", OLD, 1, first(frontier("b", OLD, 0)));
        for (int i = 1; i <= 4; i++) {
            send("b", OLD, i + 1L, message(frontier("b", OLD, i), "m" + i));
        }
        assertThat(heard).containsExactly("depends on the dead", "m4");
        assertThat(causal.broadcast(Value.of("own"))).isNotDone();
    }

    // ---- who the members are

    @Test
    void nothingIsDelivered_untilAllAgreeWhoTheyAre() {
        total();
        Frontier roll = frontier("a", own(), 0, "b", OLD, 0, "c", OLD, 0);
        send("b", OLD, 1, new WireWriter(FIRST));
        send("c", OLD, 1, new WireWriter(FIRST));
        send("b", OLD, 2, stamped(MESSAGE, 1).rest(Value.of("m").toByteArray()));
        send("c", OLD, 2, stamped(ACKNOWLEDGEMENT, 3));
        assertThat(heard).isEmpty();
        send("b", OLD, 3, roll.writeTo(new WireWriter(ROLL)));
        assertThat(heard).isEmpty();
        send("c", OLD, 3, roll.writeTo(new WireWriter(ROLL)));
        assertThat(heard).containsExactly("m");
    }

    @Test
    void memberThatTookAFormerProcessForTheGroups_endsIt() {
        TotalOrderBroadcast total = total();
        Frontier roll = frontier("a", own(), 0, "b", OLD, 0, "c", OLD, 0);
        send("b", NEW, 1, new WireWriter(FIRST));
        send("c", OLD, 1, new WireWriter(FIRST));
        send("b", NEW, 2, stamped(MESSAGE, 1).rest(Value.of("forgot").toByteArray()));
        send("c", OLD, 2, stamped(ACKNOWLEDGEMENT, 3));
        send("b", NEW, 3, frontier("a", own(), 0, "b", NEW, 0, "c", OLD, 0).writeTo(new WireWriter(ROLL)));
        assertThat(send("c", OLD, 3, roll.writeTo(new WireWriter(ROLL))))
                .isEqualTo(new Receipt(Receipt.Status.OVER, own(), 0, "b"));
        assertThat(heard).isEmpty();
        assertThat(total.ended()).isCompletedExceptionally();
    }
}
