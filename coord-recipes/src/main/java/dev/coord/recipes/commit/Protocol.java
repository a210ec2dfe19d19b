package dev.coord.recipes.commit;

import dev.coord.kv.Value;
import java.time.Duration;
import java.util.List;

/** What becomes of records of one kind when somebody takes them over. */
interface Protocol {

    /** The first byte of its records. */
    int kind();

    /** How long a coordinator may take for a step before others take it for stuck. */
    Duration patience(Value record);

    /** Tells whether this version knows how to read a record, or fails with {@link IllegalArgumentException}. */
    default boolean isReadable(Value record) {
        return participants(record) != null;
    }

    /** Who has to be told, by name. */
    List<String> participants(Value record);

    /** Tells whether this coordinator knows all who take part. */
    boolean canDrive(Value record);

    /** What the record becomes when it is taken over, here or by somebody who cannot drive it: decided, if that is certain. */
    Value takenOver(Value record);

    /** Goes on with a record that was taken over. */
    Driver resume(Hold hold, Value record);
}
