package dev.coord.recipes.membership;

import dev.coord.Coord;
import dev.coord.CoordException;
import dev.coord.kv.Value;
import dev.coord.recipes.Codec;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.Presence;
import dev.coord.recipes.internal.PresencePath;
import dev.coord.recipes.mirror.KeyMirror;
import dev.coord.recipes.mirror.MirrorChange;
import dev.coord.recipes.mirror.MirrorListener;
import dev.coord.recipes.mirror.MirrorSnapshot;
import dev.coord.recipes.mirror.ResyncCause;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A running observation of a group. Usable from any thread. */
public final class GroupObservation implements AutoCloseable {
    static final Codec<Value> CONTENT = Codec.of(
            content -> {
                throw new UnsupportedOperationException("members write their keys");
            },
            Presence::content);

    private final Coord coord;
    private final PresencePath path;
    private final KeyMirror<Value> mirror;

    GroupObservation(Coord coord, PresencePath path, GroupListener listener, Executor executor) {
        this.coord = coord;
        this.path = path;
        this.mirror = KeyMirror.of(coord, path.range(), CONTENT)
                .listener(new Teller(path, listener), executor)
                .start();
    }

    /**
     * Returns a signal for the first view.
     *
     * @return completes when {@link #view()} may be called; fails with the {@link CoordException} that ended the observation
     *     before. While no Raft leader can be confirmed, neither happens
     */
    public CompletableFuture<Void> ready() {
        return mirror.ready();
    }

    /**
     * Returns the newest view at this peer. Local; never waits.
     *
     * @return the view, the last one once the observation has ended
     * @throws IllegalStateException if there is none yet
     */
    public GroupView view() {
        return new GroupView(path, mirror.snapshot());
    }

    /**
     * Waits until this observation has come to a view, at most 10 s.
     *
     * @param number the number of a view, or the join revision of a member
     * @return the newest view, of that number or a greater one
     * @throws InterruptedException if interrupted while waiting
     * @throws dev.coord.UnavailableException if it does not come in time
     * @throws CoordException why the observation has ended, if it has
     */
    public GroupView awaitView(long number) throws InterruptedException {
        Async.refuseIfInterrupted();
        return Async.await(coord, awaitViewAsync(number));
    }

    /**
     * Tells when this observation has come to a view, for at most 10 s.
     *
     * @param number the number of a view, or the join revision of a member
     * @return the newest view then; fails as {@link #awaitView} does
     */
    public CompletableFuture<GroupView> awaitViewAsync(long number) {
        return Async.map(mirror.awaitRevisionAsync(number), state -> new GroupView(path, state));
    }

    /**
     * Ends the observation. Does not wait; a call of the listener in progress is allowed to finish, and none follows it.
     * Safe to repeat.
     */
    @Override
    public void close() {
        mirror.close();
    }

    @Override
    public String toString() {
        return "GroupObservation(" + path.path() + ")";
    }

    private record Teller(PresencePath path, GroupListener listener) implements MirrorListener<Value> {

        @Override
        public void onChange(MirrorSnapshot<Value> state, List<MirrorChange<Value>> changes) {
            GroupView view = new GroupView(path, state);
            listener.onView(view, view.events(changes));
        }

        @Override
        public void onResync(MirrorSnapshot<Value> before, MirrorSnapshot<Value> now, ResyncCause cause) {
            listener.onGap(new GroupView(path, before), new GroupView(path, now));
        }

        @Override
        public void onEnd(CoordException cause) {
            listener.onEnd(cause);
        }
    }
}
