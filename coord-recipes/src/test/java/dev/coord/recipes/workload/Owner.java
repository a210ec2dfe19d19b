package dev.coord.recipes.workload;

import dev.coord.recipes.FencedHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who does one thing after another: asks, waits, holds, releases. Under another name after each loss. */
final class Owner {
    private final int number;
    private int lives;
    private String name = "";

    @Nullable
    Client client;

    @Nullable
    CompletableFuture<?> waiting;

    final List<FencedHandle> handles = new ArrayList<>();

    Owner(int number) {
        this.number = number;
    }

    String name() {
        return name;
    }

    void begin(Client by) {
        client = by;
        name = "o" + number + "." + ++lives;
    }

    /** Whether it has lost something, or its session: then it begins anew. */
    boolean isBeaten() {
        Client by = client;
        return by == null || by.isOver() || handles.stream().anyMatch(handle -> !handle.isValid());
    }

    void releaseAll() {
        handles.forEach(FencedHandle::closeAsync);
        handles.clear();
    }
}
