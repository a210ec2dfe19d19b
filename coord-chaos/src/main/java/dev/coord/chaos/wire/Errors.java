package dev.coord.chaos.wire;

import dev.coord.AddRefusedException;
import dev.coord.ClosedException;
import dev.coord.CompactedException;
import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.FencedException;
import dev.coord.FutureRevisionException;
import dev.coord.IndeterminateException;
import dev.coord.LeaseExpiredException;
import dev.coord.LimitExceededException;
import dev.coord.SessionExpiredException;
import dev.coord.UnavailableException;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Failures as bytes, so that the driver sees the type that the peer threw. */
final class Errors {
    private Errors() {}

    static void put(Writer out, Throwable thrown) {
        Throwable error =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        boolean applied = error instanceof CoordException known && known.outcome() == Outcome.UNKNOWN;
        out.putText(error.getClass().getSimpleName())
                .putBoolean(applied)
                .putNumber(detail(error))
                .putText(String.valueOf(error.getMessage()));
        if (error instanceof AddRefusedException refused) {
            out.putText(refused.key()).putText(refused.reason().name());
        }
    }

    private static long detail(Throwable error) {
        if (error instanceof CompactedException compacted) {
            return compacted.compactRevision();
        }
        return error instanceof LeaseExpiredException expired ? expired.leaseId() : 0;
    }

    static RuntimeException get(Reader in) {
        String type = in.getText();
        Outcome outcome = in.getBoolean() ? Outcome.UNKNOWN : Outcome.NOT_APPLIED;
        long detail = in.getNumber();
        String message = in.getText();
        RuntimeException known = known(type, outcome, detail, message, in);
        // Of anything unforeseen nothing is known; it is a finding of its own.
        return known == null ? new UnforeseenException(type + ": " + message) : known;
    }

    private static @Nullable RuntimeException known(
            String type, Outcome outcome, long detail, String message, Reader in) {
        return switch (type) {
            case "UnavailableException" -> new UnavailableException(message);
            case "IndeterminateException" -> new IndeterminateException(message);
            case "SessionExpiredException" -> new SessionExpiredException(outcome, message);
            case "ClosedException" -> new ClosedException(outcome, message);
            case "FencedException" -> new FencedException(message);
            case "LimitExceededException" -> new LimitExceededException(message);
            case "CompactedException" -> new CompactedException(0, detail);
            case "FutureRevisionException" -> new FutureRevisionException(0, 0);
            case "LeaseExpiredException" -> new LeaseExpiredException(detail);
            case "AddRefusedException" ->
                new AddRefusedException(in.getText(), AddRefusedException.Reason.valueOf(in.getText()), message);
            case "IllegalArgumentException" -> new IllegalArgumentException(message);
            default -> null;
        };
    }
}
