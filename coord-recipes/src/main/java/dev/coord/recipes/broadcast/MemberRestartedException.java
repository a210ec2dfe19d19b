package dev.coord.recipes.broadcast;

import dev.coord.CoordException;

/**
 * A member of the group has restarted and remembers nothing, so the group is over: what needs every member's word cannot go on
 * without those that this one has forgotten. A member that was given other members looks like that too. Open another group, under
 * another name, of the same members, at every member.
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
                        + " has restarted and remembers nothing, or was given other members: open a group of another name,"
                        + " of the same members, at every member",
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
