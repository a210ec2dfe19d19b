package dev.coord.raft.internal.ratis;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.leader.FollowerInfo;
import org.jspecify.annotations.Nullable;

/**
 * The appends that are on their way to one follower. As long as it is not known where the follower is, one append at a time probes for
 * that. From the first success on entries count as had when they are handed to the transport, so that the next ones follow without
 * waiting for an answer. If one append goes wrong those behind it do too: then nothing is sent until all have been answered, and
 * probing begins anew. So an answer never meets a later attempt.
 *
 * <p>Entries are sent by the appender's thread alone, and answers come one after the other, on threads of the transport.
 */
final class Pipeline {
    private static final int MOST = 8;

    /** A follower's log has a queue of 4,096 entries, and whoever finds it full waits: so much that one more append has room. */
    private static final int MOST_ENTRIES = 4096 - CoordLogAppender.MAX_ENTRIES;

    private final FollowerInfo follower;
    private final int mostBytes;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong bytesInFlight = new AtomicLong();
    private final AtomicInteger entriesInFlight = new AtomicInteger();
    private final AtomicReference<@Nullable Break> broken = new AtomicReference<>();
    private volatile boolean probing = true;

    /**
     * Why entries have to be sent again.
     *
     * @param next the first of them, or a negative number for the first that the follower is not known to have
     * @param cause what went wrong, or null if the follower only lacks entries
     */
    private record Break(long next, @Nullable Throwable cause) {}

    /** With at least so many bytes on their way nothing is sent. */
    Pipeline(FollowerInfo follower, int mostBytes) {
        this.follower = follower;
        this.mostBytes = mostBytes;
    }

    boolean isEmpty() {
        return inFlight.get() == 0;
    }

    /** Nothing is on its way, and nothing went wrong since it was mended. */
    boolean isIdle() {
        return isEmpty() && broken.get() == null;
    }

    /** Tells that the follower answers, or was not asked. */
    boolean isSound() {
        return broken.get() == null && (!probing || isEmpty());
    }

    boolean hasRoom() {
        return broken.get() == null
                && inFlight.get() < (probing ? 1 : MOST)
                && bytesInFlight.get() < mostBytes
                && entriesInFlight.get() < MOST_ENTRIES;
    }

    /** Something is sent, after which the follower has all entries before the next. */
    void sent(AppendEntriesRequestProto request, long next) {
        inFlight.incrementAndGet();
        entriesInFlight.addAndGet(request.getEntriesCount());
        bytesInFlight.addAndGet(request.getSerializedSize());
        if (!probing) {
            follower.updateNextIndex(next);
        }
    }

    /** The follower has all entries before the next; returns whether that is news. */
    boolean succeeded(long next) {
        boolean news = follower.updateMatchIndex(next - 1);
        follower.updateNextIndex(next);
        probing = false;
        return news;
    }

    /** The follower lacks what comes before an append. */
    void lacks(long next) {
        broken.compareAndSet(null, new Break(next, null));
    }

    /** The follower did not answer, or not as it should. */
    void failed(Throwable cause) {
        broken.compareAndSet(null, new Break(-1, cause));
    }

    /** Whatever came of it, an append is over; called last. */
    void answered(AppendEntriesRequestProto request) {
        bytesInFlight.addAndGet(-request.getSerializedSize());
        entriesInFlight.addAndGet(-request.getEntriesCount());
        inFlight.decrementAndGet();
    }

    /** Takes up from where the follower is, once nothing is on its way any more; throws what went wrong. */
    void mend() throws IOException {
        Break what = broken.get();
        if (what == null || !isEmpty()) {
            return;
        }
        broken.set(null); // nobody else breaks it: what could is answered
        if (what.next() >= 0) {
            follower.setNextIndex(what.next());
        } else if (!probing) {
            follower.setNextIndex(follower.getMatchIndex() + 1);
        }
        probing = true;
        if (what.cause() != null) {
            throw Failures.asIo(what.cause());
        }
    }
}
