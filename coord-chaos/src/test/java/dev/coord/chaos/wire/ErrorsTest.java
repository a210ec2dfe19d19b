package dev.coord.chaos.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.AddRefusedException;
import dev.coord.ClosedException;
import dev.coord.CompactedException;
import dev.coord.CoordException;
import dev.coord.FencedException;
import dev.coord.IndeterminateException;
import dev.coord.LeaseExpiredException;
import dev.coord.LimitExceededException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is known of an operation's effect must not change on the way to the driver: a failure told wrong hides a lost write. */
class ErrorsTest {

    static Stream<CoordException> failures() {
        return Stream.of(
                new UnavailableException("no leader"),
                new IndeterminateException("no answer"),
                new SessionExpiredException(CoordException.Outcome.UNKNOWN, "ended"),
                new SessionExpiredException(CoordException.Outcome.NOT_APPLIED, "ended"),
                new ClosedException(CoordException.Outcome.UNKNOWN, "closed"),
                new ClosedException(CoordException.Outcome.NOT_APPLIED, "closed"),
                new FencedException("stale"),
                new LimitExceededException("full"),
                new LeaseExpiredException(7),
                new AddRefusedException("/k", AddRefusedException.Reason.OVERFLOW, "too much"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failure_isTheSameThere(CoordException failure) {
        RuntimeException there = sent(failure);
        assertThat(there).isExactlyInstanceOf(failure.getClass()).hasMessage(failure.getMessage());
        assertThat(((CoordException) there).outcome()).isEqualTo(failure.outcome());
    }

    @Test
    void failure_ofCompaction_keepsTheRevision() {
        assertThat(((CompactedException) sent(new CompactedException(3, 9))).compactRevision())
                .isEqualTo(9);
    }

    @Test
    void failure_thatNobodyPromised_isAFinding() {
        assertThat(sent(new IllegalStateException("oops")))
                .isInstanceOf(UnforeseenException.class)
                .hasMessageContaining("IllegalStateException: oops");
    }

    private static RuntimeException sent(Throwable failure) {
        Writer out = new Writer(64);
        Errors.put(out, failure);
        return Errors.get(new Reader(out.toByteArray()));
    }
}
