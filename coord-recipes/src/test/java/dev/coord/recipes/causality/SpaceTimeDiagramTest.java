package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.recipes.causality.SpaceTimeDiagram.Event;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class SpaceTimeDiagramTest {
    private final SpaceTimeDiagram diagram = SpaceTimeDiagram.of("p", "q");

    @Test
    void events_areOrderedThroughMessages_andConcurrentOtherwise() {
        Event sent = diagram.send("p", "m", "p1");
        Event apart = diagram.local("q", "q1");
        Event received = diagram.receive("q", "m", "q2");
        Event after = diagram.local("p", "p2");

        assertThat(sent.compare(received)).isEqualTo(Causality.BEFORE);
        assertThat(sent.compare(apart)).isEqualTo(Causality.CONCURRENT);
        assertThat(after.compare(received)).isEqualTo(Causality.CONCURRENT);
        assertThat(received.clock()).hasToString("{p:1,q:2}");
        assertThat(received.time()).hasToString("2@q");
        assertThat(received.process()).isEqualTo("q");
        assertThat(diagram.events()).containsExactly(sent, apart, after, received);
        assertThat(diagram).hasToString("a run of [p, q], 4 events");
    }

    @Test
    void message_isReceivedBySeveral_butOnceByEach() {
        SpaceTimeDiagram three = SpaceTimeDiagram.of("p", "q", "r");
        three.send("p", "m", "");
        three.receive("q", "m", "");
        three.receive("r", "m", "");
        assertThatThrownBy(() -> three.receive("q", "m", ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("q receives m twice; record what its process did once for each message");
        assertThat(three.events()).hasSize(3);
    }

    @Test
    void messageThatNobodySent_isNotReceived() {
        assertThatThrownBy(() -> diagram.receive("q", "m", ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("q receives m, which nobody has sent; record the sending first");
        assertThat(diagram.events()).isEmpty();
    }

    @Test
    void messageOfTheSameName_isNotSent() {
        diagram.send("p", "m", "");
        assertThatThrownBy(() -> diagram.send("q", "m", ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("q sends m, which was sent before; give each message a name of its own");
        assertThat(diagram.events()).hasSize(1);
    }

    @Test
    void processesThatAreNotThere_orTwice_areRefused() {
        assertThatThrownBy(() -> diagram.local("x", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no process x; there are [p, q]");
        assertThatThrownBy(() -> SpaceTimeDiagram.of("p", "p")).hasMessageContaining("none twice");
        assertThatThrownBy(SpaceTimeDiagram::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bounds_areKept() {
        assertThatThrownBy(() -> diagram.local("p", "x".repeat(101)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a text of 101 characters; labels and names have 100 at most");
        for (int i = 0; i < SpaceTimeDiagram.MAX_EVENTS; i++) {
            diagram.local(i % 2 == 0 ? "p" : "q", "");
        }
        assertThatThrownBy(() -> diagram.send("p", "m", ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the diagram is full at 10000 events; begin another one");
        assertThat(diagram.events()).hasSize(SpaceTimeDiagram.MAX_EVENTS);
    }

    @Test
    void drawing_isWellFormed_withADotForEachEvent_andAnArrowUpwardForEachReceipt() throws Exception {
        diagram.local("q", "a < b && \"c\" > 'd' \u0001 \ud800 \ud83d\ude00");
        diagram.send("p", "m<1>", "out");
        diagram.send("p", "lost", "never arrives");
        diagram.receive("q", "m<1>", "in");

        Document svg = parse(diagram.toSvg());
        assertThat(svg.getDocumentElement().getNamespaceURI()).isEqualTo("http://www.w3.org/2000/svg");
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(4);
        assertThat(texts(svg, "text"))
                .contains("p", "q", "a < b && \"c\" > 'd' \ufffd \ufffd \ud83d\ude00", "never arrives", "in", "out");
        List<Element> arrows = elements(svg, "line").stream()
                .filter(line -> line.hasAttribute("marker-end"))
                .toList();
        assertThat(arrows).hasSize(1);
        assertThat(arrows.get(0).getTextContent()).isEqualTo("m<1>");
        assertThat(Integer.parseInt(arrows.get(0).getAttribute("y2")))
                .isLessThan(Integer.parseInt(arrows.get(0).getAttribute("y1")));
        assertThat(texts(svg, "title")).contains("1@p {p:1}", "2@q {p:1,q:2}");
    }

    @Test
    void emptyRun_isDrawnToo() throws Exception {
        assertThat(parse(diagram.toSvg()).getElementsByTagName("circle").getLength())
                .isZero();
    }

    @Test
    void equalRuns_giveEqualDrawings_inWhateverOrderTheyWereRecorded() {
        diagram.send("p", "m", "p1");
        diagram.local("q", "q1");
        diagram.receive("q", "m", "q2");
        SpaceTimeDiagram other = SpaceTimeDiagram.of("p", "q");
        other.local("q", "q1");
        other.send("p", "m", "p1");
        other.receive("q", "m", "q2");
        assertThat(other.toSvg()).isEqualTo(diagram.toSvg());
    }

    @Test
    void cutThatHasAReceipt_hasItsSending_thoughTheSendersLineWasReadBefore() {
        Step sent = Step.origin("p").next("p1");
        Step received = Step.origin("q").receive("q1", sent, "m");
        assertThat(Step.past(List.of(Step.origin("p"), received)))
                .extracting(step -> step.event().label())
                .containsExactly("p1", "q1");
    }

    @Test
    void manyThreads_record_whileOthersReadConsistentCuts() throws Exception {
        int messages = 2_000;
        SpaceTimeDiagram shared = SpaceTimeDiagram.of("p", "q");
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            Future<?> sender =
                    pool.submit(() -> IntStream.range(0, messages).forEach(i -> shared.send("p", "m" + i, "")));
            Future<?> receiver = pool.submit(() -> IntStream.range(0, messages).forEach(i -> receive(shared, "m" + i)));
            Future<?> bystander = pool.submit(() ->
                    IntStream.range(0, messages).forEach(i -> shared.local(i % 2 == 0 ? "p" : "q", "")));
            while (!(sender.isDone() && receiver.isDone() && bystander.isDone())) {
                checkConsistent(shared.events());
            }
            sender.get();
            receiver.get();
            bystander.get();
        } finally {
            pool.shutdownNow();
        }
        assertThat(shared.events()).hasSize(3 * messages);
        checkConsistent(shared.events());
    }

    private static void receive(SpaceTimeDiagram shared, String message) {
        while (true) {
            try {
                shared.receive("q", message, "");
                return;
            } catch (IllegalStateException notYetSent) {
                Thread.onSpinWait();
            }
        }
    }

    /** Every event has its whole past beside it, and no two the same number in their process. */
    private static void checkConsistent(List<Event> cut) {
        long p = 0;
        long q = 0;
        Set<Object> times = new HashSet<>();
        VectorClock known = VectorClock.empty();
        for (Event event : cut) {
            known = known.merge(event.clock());
            times.add(event.time());
            p += event.process().equals("p") ? 1 : 0;
            q += event.process().equals("q") ? 1 : 0;
        }
        assertThat(List.of(known.get("p"), known.get("q"))).isEqualTo(List.of(p, q));
        assertThat(times).hasSameSizeAs(cut);
    }

    private static Document parse(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> elements(Document svg, String name) {
        NodeList nodes = svg.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static List<String> texts(Document svg, String name) {
        return elements(svg, name).stream().map(Element::getTextContent).toList();
    }
}
