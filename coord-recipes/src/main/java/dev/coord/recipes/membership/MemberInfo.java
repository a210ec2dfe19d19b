package dev.coord.recipes.membership;

import dev.coord.kv.Value;

/**
 * A member as others see it. Immutable.
 *
 * @param name its name, which one member of the group has at a time
 * @param metadata what it says of itself
 * @param joinRevision the revision at which it joined: a member of the same name that joins later has a greater one
 * @param session the id of the session that it lives by
 */
public record MemberInfo(String name, Value metadata, long joinRevision, long session) {

    /**
     * Returns the metadata as text.
     *
     * @return the metadata decoded as UTF-8
     */
    public String text() {
        return metadata.asString();
    }
}
