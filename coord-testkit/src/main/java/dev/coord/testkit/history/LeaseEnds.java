package dev.coord.testkit.history;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What operations tell of the ends of leases, found by lease or by time: there may be thousands of leases and millions of operations. */
final class LeaseEnds {
    private final Map<Long, Long> revoked = new HashMap<>();
    private final Map<Long, Long> lastShown = new HashMap<>();
    private final long[] calls;
    /** Of all from there on, the least revision that a reply names. */
    private final long[] leastAfter;

    LeaseEnds(List<Operation> operations) {
        operations.forEach(this::noteRevocation);
        Operation[] fresh = operations.stream()
                .filter(operation -> operation.isOk() && operation.isLinearizable())
                .sorted(Comparator.comparingLong(Operation::callNanos))
                .toArray(Operation[]::new);
        calls = Arrays.stream(fresh).mapToLong(Operation::callNanos).toArray();
        leastAfter = new long[fresh.length + 1];
        leastAfter[fresh.length] = Long.MAX_VALUE;
        for (int i = fresh.length - 1; i >= 0; i--) {
            Operation operation = fresh[i];
            leastAfter[i] = Math.min(leastAfter[i + 1], named(operation));
            operation.forEachShown(entry -> lastShown.merge(entry.lease(), operation.callNanos(), Math::max));
        }
    }

    private void noteRevocation(Operation operation) {
        if (operation.input() instanceof Input.Revoke revoke && operation.status() != Status.FAIL) {
            revoked.merge(revoke.lease(), operation.call(), Math::min);
        } else if (operation.input() instanceof Input.Close close) {
            revoked.merge(close.lease(), operation.call(), Math::min);
        }
    }

    /** The revision that the reply itself names; where a read is placed is only a guess. */
    static long named(Operation operation) {
        return operation.transacted() != null || operation.output() instanceof Output.Ranged
                ? operation.revision()
                : Long.MAX_VALUE;
    }

    /** The first place at which an operation may have ended the lease on purpose. */
    long revoked(long lease) {
        return revoked.getOrDefault(lease, Long.MAX_VALUE);
    }

    /** Whether an operation called after a time may have met a lease that ended with a revision: named an earlier one, or shown a key. */
    boolean mayBeMetAfter(long nanos, long lease, long end) {
        int first = LowerBound.of(calls.length, i -> calls[i], nanos);
        return leastAfter[first] < end || lastShown.getOrDefault(lease, Long.MIN_VALUE) > nanos;
    }
}
