package dev.coord.testkit.history;

import dev.coord.Coord;
import dev.coord.kv.Kv;
import dev.coord.lease.Leases;
import dev.coord.lease.Session;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import dev.coord.watch.Watch;
import dev.coord.watch.WatchListener;
import dev.coord.watch.WatchSpec;
import java.util.concurrent.Executor;

/** A handle that records what is done through it. */
final class RecordingCoord implements Coord {
    private final Coord coord;
    private final Recorder recorder;
    private final Kv kv;
    private final Leases leases;
    private final LiveHolding holding;

    RecordingCoord(Coord coord, Recorder recorder) {
        this.coord = coord;
        this.recorder = recorder;
        this.kv = new RecordingKv(coord.kv(), recorder);
        this.leases = new RecordingLeases(coord.leases(), recorder);
        Session session = coord.session();
        this.holding = recorder.holding(session.id(), session.ttl(), true);
    }

    @Override
    public Kv kv() {
        return kv;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public Session session() {
        return new RecordingSession(coord.session(), holding, recorder.journal());
    }

    @Override
    public Watch watch(WatchSpec spec, WatchListener listener) {
        LiveTape tape = new LiveTape(recorder.journal(), recorder.process(), spec, listener);
        Watch watch = coord.watch(spec, tape);
        recorder.journal().add(tape);
        return tape.opened(watch);
    }

    @Override
    public Ticker ticker() {
        return coord.ticker();
    }

    @Override
    public Scheduler scheduler() {
        return coord.scheduler();
    }

    @Override
    public Executor callbacks() {
        return coord.callbacks();
    }

    @Override
    public void close() {
        recorder.close();
        recorder.run(new Input.Close(coord.session().id()), coord::close);
    }
}
