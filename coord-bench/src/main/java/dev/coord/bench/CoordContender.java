package dev.coord.bench;

import dev.coord.Coord;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitCoordinatorBuilder;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.xa.XaParticipant;
import dev.coord.time.Ticker;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** A coordinator of Coord's with its participants, as one peer has them. */
final class CoordContender implements Contender {
    private static final String PATH = "/commit/bench";
    private static final Ticker CLOCK = Ticker.system();

    private final List<XaParticipant> participants = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final CommitCoordinator coordinator;
    private final String table;
    private final CommitPhases phases;

    CoordContender(Coord coord, List<String> urls, ExecutorService threads, String table, CommitPhases phases) {
        this.table = table;
        this.phases = phases;
        CommitCoordinatorBuilder builder = CommitCoordinator.on(coord, PATH);
        for (int i = 0; i < urls.size(); i++) {
            XaParticipant participant = XaParticipant.builder("db" + i, PATH, Databases.xaDataSource(urls.get(i)))
                    .maxIdle(CommitBench.MOST_IN_FLIGHT)
                    .build();
            participants.add(participant);
            names.add("db" + i);
            builder.participant("db" + i, phases.timed(participant).on(threads));
        }
        coordinator = builder.start();
    }

    @Override
    public long transact(int count, int worker) throws Exception {
        String[] used = names.subList(0, count).toArray(String[]::new);
        try (GlobalTransaction transaction = coordinator.begin(used)) {
            for (XaParticipant participant : participants.subList(0, count)) {
                try (Connection connection = participant.connection(transaction)) {
                    Counters.increment(connection, table, worker);
                }
            }
            long called = CLOCK.nanos();
            transaction.commit();
            long returned = CLOCK.nanos();
            phases.committed(called, returned);
            return returned - called;
        }
    }

    @Override
    public void close() {
        coordinator.close();
        participants.forEach(XaParticipant::close);
    }
}
