package dev.coord.recipes.lock;

import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one owner has of a {@link ReentrantDistributedLock}, or asks for: a grant, or else requests that share one claim.
 * Guarded by the lock's mutex.
 */
final class OwnerTurn {
    private final String owner;
    private List<OwnerRequest<?>> requests = new ArrayList<>();
    private @Nullable Attempt attempt;
    private @Nullable OwnerGrant grant;

    /** The claim under way. */
    static final class Attempt {
        private final boolean patient;
        private @Nullable CompletableFuture<Optional<LockHandle>> claim;

        Attempt(boolean patient) {
            this.patient = patient;
        }

        boolean isPatient() {
            return patient;
        }
    }

    OwnerTurn(String owner) {
        this.owner = owner;
    }

    String owner() {
        return owner;
    }

    @Nullable
    OwnerGrant grant() {
        return grant;
    }

    int count() {
        return grant == null ? 0 : grant.count();
    }

    boolean isIdle() {
        return grant == null && attempt == null && requests.isEmpty();
    }

    /** Answers a request that nobody has seen yet, or queues it; returns the claim that is to be begun for it. */
    @Nullable
    Attempt admit(OwnerRequest<?> request) {
        if (count() + requests.size() >= ReentrantDistributedLock.MAX_HOLDS) {
            request.fail(new LimitExceededException("owner " + owner + " has " + ReentrantDistributedLock.MAX_HOLDS
                    + " handles of one lock, or requests for it; close some"));
        } else if (grant != null && grant.isOver()) {
            requests.add(request); // until the release is on its way
        } else if (grant != null) {
            enter(grant, request);
        } else if (attempt != null && attempt.patient && !request.isPatient()) {
            request.settle(Optional.empty());
        } else {
            requests.add(request);
            return attempt == null ? begin() : null;
        }
        return null;
    }

    private void enter(OwnerGrant held, OwnerRequest<?> request) {
        if (held.lock().isValid()) {
            request.settle(Optional.of(held.newHandle()));
        } else {
            request.fail(new FencedException("owner " + owner + " has lost " + held.lock() + " and does not know yet:"
                    + " close its " + held.count() + " open handles before acquiring anew"));
        }
    }

    private Attempt begin() {
        Attempt begun = new Attempt(requests.stream().anyMatch(OwnerRequest::isPatient));
        attempt = begun;
        return begun;
    }

    /** Notes the claim that was begun; tells whether it is still wanted. */
    boolean began(Attempt begun, CompletableFuture<Optional<LockHandle>> claim) {
        begun.claim = claim;
        return attempt == begun;
    }

    /** Takes a request away; returns the claim that nobody wants any more. */
    @Nullable
    CompletableFuture<Optional<LockHandle>> withdraw(OwnerRequest<?> request) {
        Attempt present = attempt;
        if (!requests.remove(request) || !requests.isEmpty() || present == null) {
            return null;
        }
        attempt = null;
        return present.claim;
    }

    /** Whether this outcome is that of the claim under way; then it is no longer. */
    boolean ends(Attempt ended) {
        if (attempt != ended) {
            return false;
        }
        attempt = null;
        return true;
    }

    /** Takes all requests. */
    List<OwnerRequest<?>> takeAll() {
        List<OwnerRequest<?>> all = requests;
        requests = new ArrayList<>();
        return all;
    }

    /** Takes the requests that do not wait; returns the claim that is to be begun for the others. */
    @Nullable
    Attempt takeImpatient(List<OwnerRequest<?>> taken) {
        requests.removeIf(request -> !request.isPatient() && taken.add(request));
        return requests.isEmpty() ? null : begin();
    }

    void granted(OwnerGrant granted) {
        grant = granted;
    }

    /** The release is on its way; returns the claim that is to be begun for those who came meanwhile. */
    @Nullable
    Attempt released() {
        grant = null;
        return requests.isEmpty() ? null : begin();
    }
}
