package dev.coord.examples.threephase;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A commit protocol in the comparison. Whoever implements this is put through the same faults as the others. */
interface Contender {

    /** Its name, at most 10 characters. */
    String title();

    /** What the coordinator sends when nothing goes wrong, in that order, each to all participants; first the question for votes. */
    List<Kind> phases();

    /** The points at which its processes are crashed. */
    default List<CrashPoint> crashPoints(List<String> peers) {
        return Stream.of(CrashPoint.ofCoordinator(phases(), peers), CrashPoint.ofParticipant(phases(), peers.get(1)))
                .flatMap(List::stream)
                .toList();
    }

    /** Who is in doubt for so long is taken to be so for ever: many times all its timeouts. */
    default Duration forEver() {
        return Duration.ofSeconds(5);
    }

    /** Brings its processes up, one at each peer, on the messengers of the stage. The first peer's is the coordinator. */
    void open(Stage stage);

    /** Has the coordinator commit the transaction. Does not wait. */
    void begin();

    /** Where a process is, or was when it crashed. The coordinator is where it would tell the application to be. */
    State state(String peer);

    /** Stops a process in the middle of what it does: its peer crashes at this very moment. */
    void crashed(String peer);
}
