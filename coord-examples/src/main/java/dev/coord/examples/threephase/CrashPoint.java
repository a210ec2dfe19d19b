package dev.coord.examples.threephase;

import java.util.ArrayList;
import java.util.List;

/**
 * A point of a protocol at which a process crashes.
 *
 * @param name in words
 * @param crashes in the order they happen
 */
record CrashPoint(String name, List<Crash> crashes) {

    /** A peer that crashes, and when. */
    record Crash(String peer, Moment moment) {}

    CrashPoint {
        crashes = List.copyOf(crashes);
    }

    /** Sets the stage so. */
    void on(Stage stage) {
        crashes.forEach(crash -> stage.crashing(crash.peer(), crash.moment()));
    }

    @Override
    public String toString() {
        return name;
    }

    /** Every step of the coordinator: before, within and after each round of messages, and as answers come. */
    static List<CrashPoint> ofCoordinator(List<Kind> phases, List<String> peers) {
        List<CrashPoint> points = new ArrayList<>();
        int last = peers.size() - 1;
        for (Kind kind : phases) {
            String word = word(kind);
            String peer = peers.get(0);
            points.add(single("coordinator, before the first " + word, peer, Event.SENDING, kind, 1));
            points.add(single("coordinator, after the first " + word, peer, Event.SENT, kind, 1));
            points.add(single("coordinator, after the last " + word, peer, Event.SENT, kind, last));
            points.add(single("coordinator, with the first answer to " + word, peer, Event.ANSWERED, kind, 1));
            points.add(single("coordinator, with the last answer to " + word, peer, Event.ANSWERED, kind, last));
        }
        return points;
    }

    /** Every step of a participant. */
    static List<CrashPoint> ofParticipant(List<Kind> phases, String peer) {
        List<CrashPoint> points = new ArrayList<>();
        for (Kind kind : phases) {
            points.add(single("participant, as " + word(kind) + " comes", peer, Event.ARRIVED, kind, 1));
            points.add(single("participant, before it answers to " + word(kind), peer, Event.HANDLED, kind, 1));
        }
        return points;
    }

    /**
     * Every step of the process that is elected when the coordinator crashes after its first message of the last phase but one: the
     * elected one has heard of that, and nobody else.
     */
    static List<CrashPoint> ofElected(List<Kind> phases, List<String> peers) {
        String elected = peers.get(1);
        int others = peers.size() - 2;
        Kind before = phases.get(phases.size() - 2);
        Crash first = new Crash(
                peers.get(0),
                before == Kind.PREPARE
                        ? Moment.at(peers.get(0), Event.SENT, before, peers.size() - 1)
                        : Moment.at(peers.get(0), Event.SENT, before, 1));
        List<CrashPoint> points = new ArrayList<>();
        points.add(after(first, "before it asks for states", elected, Event.SENDING, Kind.STATE, 1));
        points.add(after(first, "having asked for states", elected, Event.SENT, Kind.STATE, others));
        points.add(after(first, "with the last state", elected, Event.ANSWERED, Kind.STATE, others));
        if (before == Kind.PREPARE) {
            return points;
        }
        for (Kind kind : phases.subList(phases.size() - 2, phases.size())) {
            // To commit it tells the coordinator too, which is dead, first.
            int silent = kind == Kind.COMMIT ? 1 : 0;
            String word = word(kind);
            points.add(after(first, "before the first " + word, elected, Event.SENDING, kind, 1));
            points.add(after(first, "after the first " + word, elected, Event.SENT, kind, 1 + silent));
            points.add(after(first, "after the last " + word, elected, Event.SENT, kind, others + silent));
            points.add(after(first, "with the last answer to " + word, elected, Event.ANSWERED, kind, others));
        }
        return points;
    }

    private static CrashPoint single(String name, String peer, Event event, Kind kind, int nth) {
        return new CrashPoint(name, List.of(new Crash(peer, Moment.at(peer, event, kind, nth))));
    }

    private static CrashPoint after(Crash first, String name, String peer, Event event, Kind kind, int nth) {
        return new CrashPoint("elected, " + name, List.of(first, new Crash(peer, Moment.at(peer, event, kind, nth))));
    }

    private static String word(Kind kind) {
        return switch (kind) {
            case PREPARE -> "prepare";
            case PRE_COMMIT -> "pre-commit";
            case COMMIT -> "commit";
            case ABORT -> "abort";
            case STATE -> "state";
            case ELECT -> "elect";
        };
    }
}
