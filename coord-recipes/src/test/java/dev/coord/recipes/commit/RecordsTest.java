package dev.coord.recipes.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.kv.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** What is written is read. */
class RecordsTest {
    private static final List<TransactionStatus> PHASES =
            List.of(TransactionStatus.PREPARING, TransactionStatus.COMMITTING, TransactionStatus.ABORTING);

    @Property(tries = 300)
    void record_written_isReadAsItWas(
            @ForAll @IntRange(max = 2) int phase,
            @ForAll @IntRange(min = 1, max = 1_000_000) int millis,
            @ForAll @Size(max = 8) List<@AlphaChars @StringLength(min = 1, max = 20) String> names,
            @ForAll byte[] payload) {
        List<Share> shares = new ArrayList<>();
        for (String name : names) {
            shares.add(new Share(name, shares.size() % 2 == 1, Value.of(payload)));
        }
        CommitRecord record = new CommitRecord(PHASES.get(phase), Duration.ofMillis(millis), shares);
        assertThat(CommitRecord.decode(record.encode())).isEqualTo(record);
        assertThat(Phases.read(record.encode())).isEqualTo(record.phase());
        assertThat(Phases.kind(record.encode())).isEqualTo(CommitRecord.KIND);
    }

    @Property(tries = 300)
    void record_cutShort_isRefused(@ForAll byte[] payload, @ForAll @IntRange(min = 1, max = 200) int cut) {
        CommitRecord record = new CommitRecord(
                TransactionStatus.PREPARING, Duration.ofSeconds(1), List.of(new Share("a", false, Value.of(payload))));
        byte[] whole = record.encode().toByteArray();
        Value part = Value.of(Arrays.copyOf(whole, Math.max(0, whole.length - cut)));
        assertThatThrownBy(() -> CommitRecord.decode(part)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 200)
    void call_sent_arrivesAsItWas(
            @ForAll @AlphaChars String id,
            @ForAll @AlphaChars String name,
            @ForAll long token,
            @ForAll byte[] payload) {
        for (ParticipantCall.Kind kind : ParticipantCall.Kind.values()) {
            Branch branch =
                    kind == ParticipantCall.Kind.RECOVER ? null : new Branch(id, name, token, Value.of(payload));
            ParticipantCall call = new ParticipantCall(kind, branch);
            assertThat(ParticipantCall.decode(call.encode())).isEqualTo(call);
        }
    }

    @Property(tries = 100)
    void answer_sent_arrivesAsItWas(@ForAll String reason, @ForAll Set<@AlphaChars String> ids) {
        Vote refused = Vote.refused(new String(
                reason.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8));
        for (Vote vote : List.of(Vote.prepared(), Vote.readOnly(), refused)) {
            assertThat(ParticipantAnswer.decode(ParticipantAnswer.voted(vote)).vote())
                    .isEqualTo(vote);
        }
        assertThat(ParticipantAnswer.decode(ParticipantAnswer.listed(ids)).ids())
                .isEqualTo(ids);
        for (HeuristicException.Kind kind : HeuristicException.Kind.values()) {
            assertThatThrownBy(() ->
                            ParticipantAnswer.decode(ParticipantAnswer.failed(new HeuristicException(kind, "by hand"))))
                    .isInstanceOfSatisfying(
                            HeuristicException.class,
                            error -> assertThat(error.kind()).isEqualTo(kind));
        }
        assertThatThrownBy(() -> ParticipantAnswer.decode(ParticipantAnswer.failed(new FencedException("late"))))
                .isInstanceOf(FencedException.class)
                .hasMessage("late");
        assertThatThrownBy(() -> ParticipantAnswer.decode(ParticipantAnswer.failed(new IllegalStateException("full"))))
                .hasMessageContaining("full");
    }
}
