package dev.coord.recipes.membership;

/** What became of one member. Immutable. */
public sealed interface GroupEvent {

    /**
     * It joined.
     *
     * @param member the new member
     */
    record Joined(MemberInfo member) implements GroupEvent {}

    /**
     * It left, or its session ended.
     *
     * @param member the member as it was last
     */
    record Left(MemberInfo member) implements GroupEvent {}

    /**
     * It changed its metadata.
     *
     * @param before the member as it was
     * @param after the member as it is
     */
    record Updated(MemberInfo before, MemberInfo after) implements GroupEvent {}
}
