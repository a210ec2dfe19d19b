package dev.coord.recipes.internal;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.LeaseExpiredException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Txn;
import dev.coord.recipes.internal.Line.Place;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks those who hold at this moment to let go: a mark in the value of each one's key, which it watches. Who came to hold
 * later is not asked.
 */
public final class ReleaseRequest {
    /** Each takes a guard and a step of a transaction. */
    private static final int MOST_AT_ONCE = 40;

    private final Coord coord;
    private final Want want;
    private final CompletableFuture<Boolean> result = new CompletableFuture<>();
    private boolean asked;
    private @Nullable Set<Long> present;

    private ReleaseRequest(Coord coord, Want want) {
        this.coord = coord;
        this.want = want;
    }

    /**
     * Asks the holders of queues.
     *
     * @param coord the handle
     * @param wants which queues
     * @return whether anybody held in any; fails as reads and writes do
     */
    public static CompletableFuture<Boolean> send(Coord coord, List<Want> wants) {
        List<ReleaseRequest> requests =
                wants.stream().map(want -> new ReleaseRequest(coord, want)).toList();
        requests.forEach(request -> request.look(Consistency.linearizable()));
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        CompletableFuture<?>[] each =
                requests.stream().map(request -> request.result).toArray(CompletableFuture<?>[]::new);
        Async.whenDone(CompletableFuture.allOf(each), (done, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                result.complete(requests.stream().anyMatch(request -> request.result.join()));
            }
        });
        return result;
    }

    private void look(Consistency consistency) {
        RangeQuery holders = RangeQuery.of(want.queue().holders());
        // What a stranger wrote among the holders cannot be read: then this fails, as it does without an answer.
        Async.run(
                () -> Async.map(
                        coord.kv().rangeAsync(holders, consistency),
                        state -> want.line(state).holders()),
                (found, failure) -> {
                    if (found == null) {
                        result.completeExceptionally(requireNonNull(failure));
                    } else {
                        decide(found);
                    }
                });
    }

    private void decide(List<Place> holders) {
        if (present == null) {
            present = holders.stream().map(Place::since).collect(Collectors.toSet());
        }
        Set<Long> meant = present;
        List<Place> left = holders.stream()
                .filter(place -> meant.contains(place.since()) && !place.ask().releaseAsked())
                .limit(MOST_AT_ONCE)
                .toList();
        asked |= holders.stream().anyMatch(place -> place.ask().releaseAsked() && meant.contains(place.since()));
        if (left.isEmpty()) {
            boolean anybody = asked;
            Async.callBack(coord, () -> result.complete(anybody));
        } else {
            mark(left);
        }
    }

    private void mark(List<Place> holders) {
        Txn txn = coord.kv().txn();
        for (Place place : holders) {
            String key = place.entry().key();
            txn.when(Guard.modRevisionIs(key, place.entry().modRevision()))
                    .then(Op.put(key, place.ask().withReleaseAsked().encode())
                            .withLease(place.entry().lease()));
        }
        Async.run(txn::commitAsync, (outcome, failure) -> {
            if (outcome != null) {
                asked |= outcome.succeeded();
                look(Consistency.atLeast(outcome.revision()));
            } else if (failure instanceof LeaseExpiredException) {
                look(Consistency.linearizable()); // somebody's lease has just ended, and its key with it
            } else {
                result.completeExceptionally(requireNonNull(failure));
            }
        });
    }
}
