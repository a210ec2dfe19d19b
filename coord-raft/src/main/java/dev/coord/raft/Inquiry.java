package dev.coord.raft;

import dev.coord.raft.internal.client.PeerCore;
import dev.coord.raft.internal.client.PeerCore.Acquaintance;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Asks the others whether this peer is a member. */
final class Inquiry {
    private static final Set<Acquaintance> CANNOT_TELL = Set.of(Acquaintance.NOT_YET_KNOWN, Acquaintance.UNKNOWN);

    private final PeerCore core;
    private final String directoryId;

    /** What the others say, all together. */
    enum Verdict {
        MEMBER,
        NO_MEMBER,
        /** None of them answered, or could tell. */
        UNKNOWN
    }

    Inquiry(PeerCore core, String directoryId) {
        this.core = core;
        this.directoryId = directoryId;
    }

    /** Completes when all have answered, or cannot; on a thread that must not be held up. Never fails. */
    CompletableFuture<Verdict> ask(Set<String> members) {
        List<CompletableFuture<Stream<Acquaintance>>> answers =
                members.stream().map(this::ask).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        weigh(answers.stream().flatMap(CompletableFuture::join).toList()));
    }

    private CompletableFuture<Stream<Acquaintance>> ask(String member) {
        return core.identifyTo(member, directoryId)
                .handle((answer, error) -> error == null ? Stream.of(answer) : Stream.empty());
    }

    /** Who says that it is no member has looked, and knows more than those who still think it one. */
    private static Verdict weigh(Collection<Acquaintance> answers) {
        if (answers.contains(Acquaintance.NOT_A_MEMBER)) {
            return Verdict.NO_MEMBER;
        }
        return CANNOT_TELL.containsAll(answers) ? Verdict.UNKNOWN : Verdict.MEMBER;
    }
}
