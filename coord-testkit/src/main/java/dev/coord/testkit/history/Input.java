package dev.coord.testkit.history;

import dev.coord.kv.Consistency;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import java.time.Duration;
import java.util.List;

/** What an operation asked for. */
sealed interface Input {

    /** A transaction; put, delete and compare-and-set are transactions too. */
    record Transact(List<Guard> guards, List<Op> then, List<Op> otherwise) implements Input {
        /** Copies the lists. */
        public Transact {
            guards = List.copyOf(guards);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }

        List<Op> branch(boolean succeeded) {
            return succeeded ? then : otherwise;
        }
    }

    /** A read of one key. */
    record Get(String key, Consistency consistency) implements Input {}

    /** A read of a range. */
    record Range(RangeQuery query, Consistency consistency) implements Input {}

    /** A new lease. */
    record Grant(Duration ttl) implements Input {}

    /** The end of a lease, asked for by its id. */
    record Revoke(long lease) implements Input {}

    /** A look-up of a lease. */
    record Find(long lease) implements Input {}

    /** The close of a lease or a session, which revokes it; its outcome is never told. */
    record Close(long lease) implements Input {}
}
