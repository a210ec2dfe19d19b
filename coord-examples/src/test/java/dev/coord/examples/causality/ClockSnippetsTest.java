package dev.coord.examples.causality;

import static dev.coord.recipes.causality.Causality.BEFORE;
import static dev.coord.recipes.causality.Causality.CONCURRENT;
import static dev.coord.recipes.causality.Causality.EQUAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coord.recipes.causality.ClockDriftException;
import dev.coord.recipes.causality.DottedVersionVector;
import dev.coord.recipes.causality.HybridClock;
import dev.coord.recipes.causality.HybridTime;
import dev.coord.recipes.causality.IntervalTreeClock;
import dev.coord.recipes.causality.IntervalTreeClock.Fork;
import dev.coord.recipes.causality.LamportClock;
import dev.coord.recipes.causality.MalformedClockException;
import dev.coord.recipes.causality.Siblings;
import dev.coord.recipes.causality.SpaceTimeDiagram;
import dev.coord.recipes.causality.SpaceTimeDiagram.Event;
import dev.coord.recipes.causality.VectorClock;
import dev.coord.recipes.causality.VersionVector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What docs/clocks.md shows: each body is a block of it, in the same order. */
class ClockSnippetsTest {

    @Test
    void lamport() {
        LamportClock sent = LamportClock.of("p").tick(); // goes with the message
        LamportClock received = LamportClock.of("q").receive(sent);
        LamportClock apart = LamportClock.of("r").tick(); // r and p have never heard of each other

        assertEquals("2@q", received.toString());
        assertTrue(sent.isBefore(received));
        assertTrue(sent.isBefore(apart)); // 1@p and 1@r: by name, so that everybody agrees on an order
    }

    @Test
    void vector() {
        VectorClock sent = VectorClock.empty().tick("p");
        VectorClock apart = VectorClock.empty().tick("q");
        VectorClock received = apart.receive("q", sent);

        assertEquals(CONCURRENT, sent.compare(apart));
        assertEquals(BEFORE, sent.compare(received));
        assertEquals("{p:1,q:2}", received.toString());
    }

    @Test
    void versions() {
        VersionVector first = VersionVector.empty().increment("a");
        VersionVector onA = first.increment("a");
        VersionVector onB = first.increment("b");

        assertEquals(CONCURRENT, onA.compare(onB)); // a conflict
        assertEquals(EQUAL, onA.merge(onB).compare(onB.merge(onA))); // both replicas have both
    }

    @Test
    void siblings() {
        Siblings<String> cart = Siblings.<String>none().put("a", VersionVector.empty(), "milk");
        VersionVector read = cart.context(); // two clients read "milk"
        cart = cart.put("a", read, "milk, eggs"); // and both write through replica a
        DottedVersionVector second = cart.next("a", read);
        cart = cart.put(second, "milk, tea");

        assertEquals(List.of("milk, eggs", "milk, tea"), cart.values()); // neither had read the other
        cart = cart.put("b", cart.context(), "milk, eggs, tea"); // somebody who had read both
        assertEquals(List.of("milk, eggs, tea"), cart.values());
    }

    @Test
    void hybrid() {
        AtomicLong wall = new AtomicLong(1_000); // System::currentTimeMillis in earnest
        HybridClock clock = HybridClock.of(wall::get, Duration.ofMillis(500));

        assertEquals("1000+0", clock.now().toString());
        assertEquals("1300+5", clock.receive(new HybridTime(1_300, 4)).toString()); // a sender that is ahead
        wall.set(900);
        assertEquals("1300+6", clock.now().toString()); // set back, and still growing
        assertThrows(ClockDriftException.class, () -> clock.receive(new HybridTime(1_401, 0)));
    }

    @Test
    void intervalTree() {
        Fork two = IntervalTreeClock.seed().fork(); // a second participant
        IntervalTreeClock left = two.left().event();
        IntervalTreeClock right = two.right().event();
        assertEquals(CONCURRENT, left.compare(right));

        IntervalTreeClock received = right.join(left.peek()).event(); // a message carries what peek gives
        assertEquals(BEFORE, left.compare(received));
        assertEquals("1;2", left.join(received).event().toString()); // one leaves, and leaves nothing behind
    }

    @Test
    void diagram() {
        SpaceTimeDiagram run = SpaceTimeDiagram.of("p", "q");
        Event sent = run.send("p", "m1", "ask");
        Event apart = run.local("q", "think");
        Event received = run.receive("q", "m1", "hear");

        assertEquals(BEFORE, sent.compare(received));
        assertEquals(CONCURRENT, sent.compare(apart));
        assertTrue(run.toSvg().startsWith("<svg ")); // write it to a file
    }

    @Test
    void forms() {
        VectorClock clock = VectorClock.parse("{p:3,q:1}");

        assertEquals(clock, VectorClock.fromBytes(clock.toBytes())); // 8 bytes
        assertThrows(MalformedClockException.class, () -> VectorClock.fromBytes(new byte[] {0x21, 1}));
    }
}
