package dev.coord.recipes.commit;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;
import dev.coord.recipes.internal.Async;
import dev.coord.recipes.internal.WireReader;
import dev.coord.recipes.internal.WireWriter;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call to a participant at another peer.
 *
 * @param kind what is asked
 * @param branch of which branch; null to list those in doubt
 */
record ParticipantCall(Kind kind, @Nullable Branch branch) {

    /** What is asked. */
    enum Kind {
        PREPARE('p'),
        COMMIT('c'),
        ABORT('a'),
        FORGET('f'),
        RECOVER('r');

        private final char code;

        Kind(char code) {
            this.code = code;
        }

        static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("a call of the unknown kind " + code + ": the peers run other versions");
        }
    }

    byte[] encode() {
        WireWriter out = new WireWriter(kind.code);
        if (branch != null) {
            out.text(branch.transaction())
                    .text(branch.participant())
                    .number(branch.token())
                    .rest(branch.payload().toByteArray());
        }
        return out.done();
    }

    static ParticipantCall decode(byte[] request) {
        WireReader in = new WireReader(request);
        Kind kind = Kind.of(in.kind());
        Branch branch =
                kind == Kind.RECOVER ? null : new Branch(in.text(), in.text(), in.number(), Value.of(in.rest()));
        return new ParticipantCall(kind, branch);
    }

    /** Makes the call; the result is the answer as it is sent. */
    CompletableFuture<byte[]> on(Participant participant) {
        return switch (kind) {
            case PREPARE -> Async.map(participant.prepare(of()), ParticipantAnswer::voted);
            case COMMIT -> Async.map(participant.commit(of()), done -> ParticipantAnswer.listed(Set.of()));
            case ABORT -> Async.map(participant.abort(of()), done -> ParticipantAnswer.listed(Set.of()));
            case FORGET -> Async.map(participant.forget(of()), done -> ParticipantAnswer.listed(Set.of()));
            case RECOVER -> Async.map(participant.recover(), ParticipantAnswer::listed);
        };
    }

    private Branch of() {
        return requireNonNull(branch);
    }
}
