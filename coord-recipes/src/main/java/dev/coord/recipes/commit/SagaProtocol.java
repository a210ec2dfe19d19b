package dev.coord.recipes.commit;

import dev.coord.LimitExceededException;
import dev.coord.kv.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sagas that a coordinator knows. One that is taken over goes on in the direction it had: what its actions have done is of use.
 *
 * @param env the coordinator
 * @param sagas by the definition's name
 */
record SagaProtocol(Env env, Map<String, SagaSteps> sagas) implements Protocol {

    /** Starts a saga. */
    SagaRun start(String id, String name, Value input) {
        SagaSteps steps = sagas.get(name);
        if (steps == null) {
            throw new IllegalArgumentException(
                    "no saga '" + name + "' here; there are " + sagas.keySet() + ": register it at the builder");
        }
        SagaRecord record = SagaRecord.begun(steps.definition(), input);
        checkSize(record);
        SagaRun run = new SagaRun(env.coord(), id);
        SagaDriver driver = new SagaDriver(env, steps, run, record, null);
        env.drivers().begin(driver);
        driver.start();
        return run;
    }

    static void checkSize(SagaRecord record) {
        if (record.bytes() > SagaDefinition.MAX_BYTES) {
            throw new LimitExceededException("input and results of more than " + SagaDefinition.MAX_BYTES
                    + " bytes in a saga '" + record.name() + "'; give references instead");
        }
    }

    @Override
    public int kind() {
        return SagaRecord.KIND;
    }

    @Override
    public Duration patience(Value record) {
        return SagaRecord.decode(record).longestStep().multipliedBy(2);
    }

    @Override
    public List<String> participants(Value record) {
        return SagaRecord.decode(record).pending();
    }

    @Override
    public boolean canDrive(Value record) {
        SagaRecord saga = SagaRecord.decode(record);
        @Nullable SagaSteps known = sagas.get(saga.name());
        return known != null && known.definition().stepNames().equals(saga.steps());
    }

    @Override
    public Value takenOver(Value record) {
        return record;
    }

    @Override
    public Driver resume(Hold hold, Value record) {
        SagaRecord saga = SagaRecord.decode(record);
        SagaSteps steps = sagas.get(saga.name());
        if (steps == null) {
            throw new IllegalStateException("no saga '" + saga.name() + "' here");
        }
        return new SagaDriver(env, steps, new SagaRun(env.coord(), hold.id()), saga, hold);
    }
}
