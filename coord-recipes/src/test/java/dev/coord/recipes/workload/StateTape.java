package dev.coord.recipes.workload;

import dev.coord.recipes.FencedHandle;
import dev.coord.recipes.HandleState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a listener of a handle's state is told: changes only, none of them after the loss. */
final class StateTape implements Consumer<HandleState> {
    private final World world;
    private final FencedHandle handle;
    private final List<HandleState> told = new ArrayList<>();

    private StateTape(World world, FencedHandle handle) {
        this.world = world;
        this.handle = handle;
    }

    static StateTape of(World world, FencedHandle handle) {
        StateTape tape = new StateTape(world, handle);
        handle.onStateChange(tape);
        return tape;
    }

    @Override
    public void accept(HandleState state) {
        HandleState before = last();
        if (state == before || before == HandleState.LOST) {
            world.fail(new AssertionError(handle + " told " + state + " after " + told));
        }
        if (state == HandleState.LOST && handle.isValid()) {
            world.fail(new AssertionError(handle + " told its loss while it is valid"));
        }
        told.add(state);
    }

    private HandleState last() {
        return told.isEmpty() ? null : told.get(told.size() - 1);
    }

    /** Whether the loss was told. */
    boolean isOver() {
        return last() == HandleState.LOST;
    }
}
