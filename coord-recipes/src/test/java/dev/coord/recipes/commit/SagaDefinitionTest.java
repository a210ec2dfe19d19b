package dev.coord.recipes.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.kv.Value;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SagaDefinitionTest {
    private final SagaStep step = new MemorySteps().step("a");

    @Test
    void bounds_areChecked_andSaidInTheMessage() {
        SagaDefinition.Builder builder = SagaDefinition.named("trip");
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("saga 'trip' has no steps; add them first");
        assertThatThrownBy(() -> SagaDefinition.named("a trip"))
                .hasMessageContaining("saga 'a trip': a name has 1 to 64");
        assertThatThrownBy(() -> builder.step("", step)).hasMessageContaining("step '': a name has");
        builder.step("a", step);
        assertThatThrownBy(() -> builder.step("a", step)).hasMessage("saga 'trip' has a step 'a' already");
        for (int i = 1; i < SagaDefinition.MAX_STEPS; i++) {
            builder.step("s" + i, step);
        }
        assertThatThrownBy(() -> builder.step("more", step)).hasMessageContaining("has 64 steps already");
        assertThatThrownBy(() -> builder.attempts(0)).hasMessage("attempts 0; they are 1 to 1000");
        assertThatThrownBy(() -> builder.callTimeout(Duration.ofMillis(49)))
                .hasMessageContaining("call timeout PT0.049S");
        assertThatThrownBy(() -> builder.longestBackoff(Duration.ofHours(2)))
                .hasMessageContaining("longest back-off PT2H; it is PT0.05S to PT1H");
        assertThat(builder.build().stepNames()).hasSize(64).startsWith("a", "s1");
    }

    @Test
    void backoff_doubles_upToItsBound() {
        SagaDefinition definition = SagaDefinition.named("trip")
                .step("a", step)
                .attempts(4)
                .callTimeout(Duration.ofSeconds(2))
                .longestBackoff(Duration.ofSeconds(1))
                .build();
        assertThat(List.of(0, 1, 4, 5, 1000))
                .extracting(failures -> definition.backoff(failures).toMillis())
                .containsExactly(50L, 100L, 800L, 1000L, 1000L);
        assertThat(definition.longestStep()).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void record_isReadAsItWasWritten_atEachPlace() {
        SagaDefinition definition =
                SagaDefinition.named("trip").step("a", step).step("b", step).build();
        SagaRecord record = SagaRecord.begun(definition, Value.of("in"));
        List<SagaRecord> way = List.of(
                record,
                record.acted(Value.of("x")),
                record.acted(Value.of("x")).compensating(),
                record.acted(Value.of("x")).compensating().compensated());
        for (SagaRecord one : way) {
            assertThat(SagaRecord.decode(one.encode())).isEqualTo(one);
            assertThat(Phases.read(one.encode())).isEqualTo(one.phase());
            assertThat(one.isFinished()).isFalse();
        }
        assertThat(way)
                .extracting(SagaRecord::pending)
                .containsExactly(List.of("a", "b"), List.of("b"), List.of("b", "a"), List.of("a"));
        assertThat(way).extracting(SagaRecord::current).containsExactly(0, 1, 1, 0);
        assertThat(way.get(3).compensated().isFinished()).isTrue();
        assertThat(way.get(1).acted(Value.EMPTY).isFinished()).isTrue();
        Value other = Value.of(new byte[] {2, 0});
        assertThatThrownBy(() -> SagaRecord.decode(other)).hasMessage("not the record of a saga");
    }

    @Test
    void blockingStep_runsOnItsExecutor_andFailsWithWhatItThrows() {
        SagaStep blocking = new BlockingSagaStep() {
            @Override
            public Value act(StepCall call) throws Exception {
                throw new java.io.IOException("no");
            }

            @Override
            public void compensate(StepCall call) {
                throw new IllegalStateException("never");
            }
        }.on(Runnable::run);
        StepCall call = new StepCall("s", "a", 1, 1, Value.EMPTY, java.util.Map.of());
        assertThat(blocking.act(call)).isCompletedExceptionally();
        CompletableFuture<Void> undone = blocking.compensate(call);
        assertThatThrownBy(undone::join).hasRootCauseMessage("never");
    }
}
