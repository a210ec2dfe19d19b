package dev.coord.recipes.membership;

import java.util.Optional;

/** What came of joining a group. */
public sealed interface JoinResult {

    /**
     * The caller is a member.
     *
     * @param handle its membership
     */
    record Joined(Member handle) implements JoinResult {
        @Override
        public Optional<Member> member() {
            return Optional.of(handle);
        }

        @Override
        public Member orElseThrow() {
            return handle;
        }
    }

    /**
     * A member of that name was there, of this session or another; nothing was changed.
     *
     * @param by who has the name
     */
    record NameTaken(MemberInfo by) implements JoinResult {
        @Override
        public Optional<Member> member() {
            return Optional.empty();
        }

        @Override
        public Member orElseThrow() {
            throw new IllegalStateException("the name " + by.name() + " is taken by a member that joined at revision "
                    + by.joinRevision() + "; choose another, or wait until it leaves");
        }
    }

    /**
     * Returns the membership.
     *
     * @return the handle, empty if the name is taken
     */
    Optional<Member> member();

    /**
     * Returns the membership where a taken name is a mistake.
     *
     * @return the handle
     * @throws IllegalStateException if the name is taken
     */
    Member orElseThrow();
}
