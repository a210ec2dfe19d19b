package dev.coord.recipes.broadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.ClosedException;
import dev.coord.kv.Value;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What restarts do to messages on their way, and what is no message at all: the test writes those of the others by hand. */
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
