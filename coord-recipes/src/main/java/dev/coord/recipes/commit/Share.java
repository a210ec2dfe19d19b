package dev.coord.recipes.commit;

import dev.coord.kv.Value;

/**
 * A participant's part in a record.
 *
 * @param participant its name
 * @param last whether it commits in one phase and so decides for all
 * @param payload what it was given to do
 */
record Share(String participant, boolean last, Value payload) {

    Branch branch(String id, long token) {
        return new Branch(id, participant, token, payload);
    }
}
