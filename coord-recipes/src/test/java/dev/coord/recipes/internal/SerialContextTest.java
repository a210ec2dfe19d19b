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
    private final List<Runnable> later = new ArrayList<>();

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

    @Test
    void whatACallbackThreadHasToTell_itTellsItself_whenTheTasksAreOver() {
        SerialContext context = new SerialContext(done::add, later::add);
        context.goOn(() -> {
            context.tell(() -> context.run(() -> done.add("told")));
            context.run(() -> done.add("next"));
        });
        assertThat(done).containsExactly("next", "told");
        assertThat(later).isEmpty();
    }

    @Test
    void whatAnotherThreadHasToTell_isToldElsewhere() {
        SerialContext context = new SerialContext(done::add, later::add);
        context.run(() -> {
            // Behind the first, so it is the first's thread that has to tell.
            context.goOn(() -> context.tell(() -> done.add("told")));
            done.add("first");
        });
        assertThat(done).containsExactly("first");
        later.forEach(Runnable::run);
        assertThat(done).containsExactly("first", "told");
    }

    @Test
    void ofSeveralNews_nonesReceiverWaitsForAnothers() {
        SerialContext context = new SerialContext(done::add, later::add);
        context.goOn(() -> {
            context.tell(() -> done.add(1));
            context.tell(() -> done.add(2));
        });
        assertThat(done).containsExactly(2);
        assertThat(later).hasSize(1);
    }

    @Test
    void newsOfATaskThatThrows_isTold_andOnlyOnce() {
        SerialContext context = new SerialContext(done::add, later::add);
        Error error = new AssertionError("of the task");
        assertThatThrownBy(() -> context.goOn(() -> {
                    context.tell(() -> done.add("told"));
                    throw error;
                }))
                .isSameAs(error);
        context.goOn(() -> done.add("after"));
        assertThat(done).containsExactly("told", "after");
    }
}
