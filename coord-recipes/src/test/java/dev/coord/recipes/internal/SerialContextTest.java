package dev.coord.recipes.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SerialContextTest {
    private final List<Object> done = new ArrayList<>();

    @Test
    void taskThatLeadsBack_isQueued_andWhatItThrowsIsTold() {
        SerialContext context = new SerialContext(e -> done.add(e.getMessage()));
        context.run(() -> {
            context.run(() -> done.add(2));
            done.add(1);
            throw new IllegalStateException("told");
        });
        assertThat(done).containsExactly(1, "told", 2);
    }

    @Test
    void errorOfATask_isThrownWhenAllAreDone_andLaterTasksRun() {
        SerialContext context = new SerialContext(done::add);
        Error first = new AssertionError("of the first");
        assertThatThrownBy(() -> context.run(() -> {
                    context.run(() -> done.add(1));
                    context.run(() -> {
                        throw new StackOverflowError("of the third");
                    });
                    context.run(() -> done.add(2));
                    throw first;
                }))
                .isSameAs(first)
                .satisfies(error -> assertThat(error.getSuppressed()[0]).hasMessage("of the third"));
        context.run(() -> done.add(3));
        assertThat(done).containsExactly(1, 2, 3);
    }

    @Test
    void whatIsThrownByWhoIsTold_endsNoTask() {
        SerialContext context = new SerialContext(e -> {
            throw e;
        });
        assertThatThrownBy(() -> context.run(() -> {
                    context.run(() -> done.add(1));
                    throw new IllegalStateException("again");
                }))
                .hasMessage("again");
        context.run(() -> done.add(2));
        assertThat(done).containsExactly(1, 2);
    }
}
