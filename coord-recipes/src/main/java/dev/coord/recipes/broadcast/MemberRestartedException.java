package dev.coord.recipes.broadcast;

import dev.coord.CoordException;

/**
 * A member of the group has restarted and remembers nothing, so the group is over: what needs every member's word cannot go on
 * without those that this one has forgotten. Open another group, under another name, at every member.
 *
 * <p>Its {@linkplain #outcome() outcome} is unknown for a message that was sent: members may have delivered it before.
 */
public final class MemberRestartedException extends CoordException {
    private static final long serialVersionUID = 1L;

    private final String member;

    MemberRestartedException(Outcome outcome, String group, String member) {
        super(
                outcome,
                "member " + member + " of " + group
                        + " has restarted and remembers nothing: open a group of another name" + " at every member",
                null);
        this.member = member;
    }

    /**
     * Returns who has restarted; the own id if a later process of this very member was heard of.
     *
     * @return the member's id
     */
    public String member() {
        return member;
    }
}
