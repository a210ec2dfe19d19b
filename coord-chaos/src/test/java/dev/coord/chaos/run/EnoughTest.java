package dev.coord.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Findings;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Machine;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** A run without its faults, or with too little of anything, is not a good run. */
class EnoughTest {
    private static final Proof SEEN = Proof.of("seen");

    private final Findings findings = new Findings();

    private record Named(String kind, boolean possible) implements Fault {
        @Override
        public Optional<String> obstacle(Machine machine) {
            return possible ? Optional.empty() : Optional.of("no such thing here");
        }

        @Override
        public Injection inject(Scene scene) {
            return () -> SEEN;
        }
    }

    private static Settings settings(String kinds) {
        Properties properties = new Properties();
        properties.setProperty("chaos.seed", "1");
        properties.setProperty("chaos.faults", kinds);
        return Settings.of(properties);
    }

    private static Event event(String kind, Proof proof) {
        return new Event(kind, "n1", true, 0, 1, 1, 1, false, proof);
    }

    private List<String> check(String asked, List<Event> events, long operations) {
        Settings settings = settings(asked);
        Kinds kinds = new Kinds(
                settings.kinds(),
                new Machine(),
                List.of(new Named("flood", true), new Named("drought", false)),
                findings);
        Enough.check(settings, kinds, events, operations, 60, findings);
        return findings.all();
    }

    private static List<Event> three(String kind) {
        return List.of(event(kind, SEEN), event(kind, SEEN), event(kind, SEEN));
    }

    @Test
    void enough_ofEverything_isRight() {
        assertThat(check("flood", three("flood"), 60_000)).isEmpty();
    }

    @Test
    void aFaultThatWasTakenAway_isMissed() {
        assertThat(check("flood", List.of(), 60_000))
                .anyMatch(finding -> finding.contains("flood was never injected"))
                .anyMatch(finding -> finding.contains("too few faults"));
    }

    @Test
    void aFaultWithoutProof_countsForNothing() {
        List<Event> events = new ArrayList<>(three("flood"));
        events.add(event("flood", Proof.none("0 drops")));
        assertThat(check("flood", events, 60_000)).anyMatch(finding -> finding.contains("not shown to have happened"));
    }

    @Test
    void tooFewOperations_showNothing() {
        assertThat(check("flood", three("flood"), 100)).anyMatch(finding -> finding.contains("too few operations"));
    }

    @Test
    void whatWasAskedForAndCannotBeDone_isToldByName() {
        assertThat(check("flood,drought", three("flood"), 60_000))
                .anyMatch(finding -> finding.contains("drought=no such thing here"));
    }

    @Test
    void whatDoesNotExist_isRefused() {
        assertThat(check("flod", List.of(), 60_000)).anyMatch(finding -> finding.contains("there is no fault flod"));
    }
}
