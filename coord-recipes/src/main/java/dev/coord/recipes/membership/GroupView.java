package dev.coord.recipes.membership;

import dev.coord.kv.Guard;
import dev.coord.kv.Guard.Relation;
import dev.coord.kv.Guard.Target;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Value;
import dev.coord.recipes.internal.PresencePath;
import dev.coord.recipes.mirror.MirrorChange;
import dev.coord.recipes.mirror.MirrorEntry;
import dev.coord.recipes.mirror.MirrorSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who was a member of a group at one revision. Immutable.
 */
public final class GroupView {
    private final PresencePath path;
    private final MirrorSnapshot<Value> state;

    GroupView(PresencePath path, MirrorSnapshot<Value> state) {
        this.path = path;
        this.state = state;
    }

    /**
     * Returns the number of this view: the store's revision that it is of. Of two views, the one with the greater number is
     * the later one. The view that a change leads to has the change's number at every observer; a view that was asked
     * for has that of the moment.
     *
     * @return the number
     */
    public long number() {
        return state.revision();
    }

    /**
     * Returns the members.
     *
     * @return the members in the order of their names
     */
    public List<MemberInfo> members() {
        return state.entries().values().stream().map(this::describe).toList();
    }

    /**
     * Returns a member.
     *
     * @param name its name
     * @return the member, empty if there is none of that name
     */
    public Optional<MemberInfo> find(String name) {
        return state.entry(path.key(name)).map(this::describe);
    }

    /**
     * Returns the member that joined first: all who have this view agree on it.
     *
     * @return the member, empty if there is none
     */
    public Optional<MemberInfo> oldest() {
        return members().stream().min(Comparator.comparingLong(MemberInfo::joinRevision));
    }

    /**
     * Returns how many members there are.
     *
     * @return 0 or more
     */
    public int size() {
        return state.size();
    }

    /**
     * Returns the condition "while the group is as in this view, metadata included", for
     * {@link dev.coord.kv.Txn#when}: what is written under it was decided by the members as they are.
     *
     * @return two guards
     */
    public Guard[] unchanged() {
        KeyRange range = path.range();
        long present = (long) state.size() + state.leftOut().size();
        return new Guard[] {
            Guard.compare(range, Target.COUNT, Relation.EQUAL, present),
            Guard.compare(range, Target.MOD_REVISION, Relation.LESS, number() + 1)
        };
    }

    /**
     * Returns what has happened since an earlier view, as net changes: somebody who came and went is not mentioned.
     *
     * @param earlier a view of the same group
     * @return the events in the order of names; of a name that was given up and taken anew, the leave and then the join
     */
    public List<GroupEvent> eventsSince(GroupView earlier) {
        return events(state.changesSince(earlier.state));
    }

    List<GroupEvent> events(List<MirrorChange<Value>> changes) {
        List<GroupEvent> events = new ArrayList<>(changes.size());
        for (MirrorChange<Value> change : changes) {
            MirrorEntry<Value> before = change.before();
            MirrorEntry<Value> after = change.after();
            if (before != null && after != null && !change.isRecreated()) {
                events.add(new GroupEvent.Updated(describe(before), describe(after)));
                continue;
            }
            if (before != null) {
                events.add(new GroupEvent.Left(describe(before)));
            }
            if (after != null) {
                events.add(new GroupEvent.Joined(describe(after)));
            }
        }
        return List.copyOf(events);
    }

    private MemberInfo describe(MirrorEntry<Value> member) {
        return new MemberInfo(
                path.name(member.key()),
                member.value(),
                member.entry().createRevision(),
                member.entry().lease());
    }

    @Override
    public String toString() {
        return "GroupView(" + number() + ", "
                + members().stream().map(MemberInfo::name).toList() + ")";
    }
}
