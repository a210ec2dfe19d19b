package dev.coord.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Coord's two-phase commit beside other transaction managers: the same updates through the same drivers, as many connections, the same
 * databases, a JVM for each, and turns of a window for each cell of the table. At the end every database must have what was
 * acknowledged, and nothing in doubt.
 */
final class CommitBench {
    static final List<Integer> PARTICIPANTS = List.of(2, 3);
    static final List<Integer> IN_FLIGHT = List.of(1, 8, 64);
    static final int MOST_IN_FLIGHT = 64;

    private static final int DATABASES = 3;

    private final BenchSettings settings;
    private final Databases databases;
    private final Map<CommitContender, Subject> subjects = new EnumMap<>(CommitContender.class);
    private final CommitReport report;

    private CommitBench(BenchSettings settings, Databases databases, PrintStream out) {
        this.settings = settings;
        this.databases = databases;
        this.report = new CommitReport(out, databases.kind());
    }

    static String cell(CommitContender who, int participants, int inFlight) {
        return who.table() + "." + participants + "." + inFlight;
    }

    static String acknowledged(CommitContender who, int participants) {
        return "acknowledged." + who.table() + "." + participants;
    }

    static String phases(int participants) {
        return "phases." + participants;
    }

    static boolean run(BenchSettings settings, PrintStream out) throws Exception {
        Path directory = Files.createTempDirectory("coord-bench-");
        try (Databases databases = Databases.start(settings.databases(), DATABASES, directory)) {
            return new CommitBench(settings, databases, out).measure(directory);
        } finally {
            FirstLook.deleteAll(directory);
        }
    }

    private boolean measure(Path directory) throws IOException, SQLException {
        report.say("databases: " + DATABASES + " of " + databases.kind());
        if (!databases.isPostgres()) {
            report.say("*** NOT ON PostgreSQL: H2 in one JVM says little about servers; install postgresql ***");
        }
        createTables();
        try {
            startSubjects(directory);
            report.say("warming up: " + settings.warmUp().toMillis() + " ms for each of "
                    + CommitContender.values().length * PARTICIPANTS.size() * IN_FLIGHT.size() + " cells");
            round(settings.warmUp());
            report.forget();
            for (int i = 1; i <= settings.rounds(); i++) {
                report.say("round " + i + " of " + settings.rounds());
                round(settings.window());
            }
            lookInside();
            return report.conclude(check());
        } finally {
            subjects.values().forEach(Subject::close);
        }
    }

    private void createTables() throws SQLException {
        for (String url : databases.urls()) {
            try (Connection connection = Databases.connect(url)) {
                for (CommitContender who : CommitContender.values()) {
                    Counters.create(connection, who.table(), MOST_IN_FLIGHT);
                }
            }
        }
    }

    private void startSubjects(Path directory) throws IOException {
        for (CommitContender who : CommitContender.values()) {
            if (who.host() == who) {
                List<String> arguments = new ArrayList<>(List.of(who.name()));
                arguments.addAll(databases.urls());
                subjects.put(
                        who,
                        new Subject(
                                CommitSubject.class,
                                who.title,
                                directory.resolve(who.table()),
                                part -> !part.contains("metrics-default"),
                                arguments.toArray(String[]::new)));
            }
        }
    }

    private Load.Figures ask(CommitContender who, String work, Duration window) throws IOException {
        Subject subject = subjects.get(who.host());
        if (subject == null) {
            throw new IllegalStateException(who + " is not running");
        }
        return subject.measure(work, window);
    }

    private void round(Duration window) throws IOException {
        for (int participants : PARTICIPANTS) {
            for (int inFlight : IN_FLIGHT) {
                for (CommitContender who : CommitContender.values()) {
                    report.note(who, participants, inFlight, ask(who, cell(who, participants, inFlight), window));
                }
            }
        }
    }

    /** Where the time of one commit of Coord's goes. */
    private void lookInside() throws IOException {
        for (int participants : PARTICIPANTS) {
            ask(CommitContender.COORD, phases(participants), settings.window());
            List<Double> medians = new ArrayList<>();
            for (String phase : CommitPhases.NAMES) {
                medians.add(ask(CommitContender.COORD, phase, settings.window()).p50Micros() / 1000);
            }
            report.inside(participants, medians);
        }
    }

    /** Compares what the databases have with what was acknowledged. */
    private boolean check() throws IOException, SQLException {
        boolean exact = true;
        for (int i = 0; i < DATABASES; i++) {
            try (Connection connection = Databases.connect(databases.urls().get(i))) {
                for (CommitContender who : CommitContender.values()) {
                    long due = acknowledgedAt(who, i);
                    long found = Counters.sum(connection, who.table());
                    if (found != due) {
                        exact = false;
                        report.say("database " + i + " has " + found + " commits of " + who.title + ", who reported "
                                + due);
                    }
                }
                long inDoubt = databases.isPostgres() ? Counters.inDoubt(connection) : 0;
                if (inDoubt != 0) {
                    exact = false;
                    report.say("database " + i + " has " + inDoubt + " branches in doubt");
                }
            }
        }
        return exact;
    }

    private long acknowledgedAt(CommitContender who, int database) throws IOException {
        long sum = 0;
        for (int participants : PARTICIPANTS) {
            if (participants > database) {
                sum += (long) ask(who, acknowledged(who, participants), settings.window())
                        .perSecond();
            }
        }
        return sum;
    }
}
