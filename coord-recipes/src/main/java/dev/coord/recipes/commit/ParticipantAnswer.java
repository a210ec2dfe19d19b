package dev.coord.recipes.commit;

import dev.coord.FencedException;
import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.util.HashSet;
import java.util.Set;

/**
 * What a participant at another peer has answered.
 *
 * @param in the rest of the answer, after its kind
 */
record ParticipantAnswer(WireReader in) {
    private static final int VOTED = 0;
    private static final int LISTED = 1;
    private static final int HEURISTIC = 2;
    private static final int FENCED = 3;
    private static final int FAILED = 4;

    static byte[] voted(Vote vote) {
        return new WireWriter(VOTED)
                .text(vote.kind().name())
                .text(vote.reason())
                .done();
    }

    static byte[] listed(Set<String> ids) {
        WireWriter out = new WireWriter(LISTED).number(ids.size());
        ids.forEach(out::text);
        return out.done();
    }

    static byte[] failed(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof HeuristicException alone) {
            return new WireWriter(HEURISTIC)
                    .text(alone.kind().name())
                    .text(message)
                    .done();
        }
        return failure instanceof FencedException
                ? new WireWriter(FENCED).text(message).done()
                : new WireWriter(FAILED).text(failure.toString()).done();
    }

    /** Reads an answer; one that tells of a failure is thrown. */
    static ParticipantAnswer decode(byte[] answer) {
        WireReader in = new WireReader(answer);
        int kind = in.kind();
        switch (kind) {
            case VOTED, LISTED -> {
                return new ParticipantAnswer(in);
            }
            case HEURISTIC -> throw new HeuristicException(HeuristicException.Kind.valueOf(in.text()), in.text());
            case FENCED -> throw new FencedException(in.text());
            default -> throw new IllegalStateException("the participant failed: " + in.text());
        }
    }

    Vote vote() {
        return new Vote(Vote.Kind.valueOf(in.text()), in.text());
    }

    Set<String> ids() {
        long count = in.number();
        Set<String> ids = new HashSet<>();
        for (long i = 0; i < count; i++) {
            ids.add(in.text());
        }
        return ids;
    }
}
