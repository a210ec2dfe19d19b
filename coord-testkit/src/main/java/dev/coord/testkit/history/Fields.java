package dev.coord.testkit.history;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The members of one object that was read, with their types. */
record Fields(Map<String, @Nullable Object> members) {

    static Fields of(@Nullable Object value) {
        return new Fields(Json.object(value));
    }

    boolean has(String name) {
        return members.get(name) != null;
    }

    String text(String name) {
        return typed(name, String.class);
    }

    long number(String name) {
        return typed(name, Long.class);
    }

    /** A number, or another if it is not there. */
    long number(String name, long otherwise) {
        return has(name) ? number(name) : otherwise;
    }

    boolean flag(String name) {
        return typed(name, Boolean.class);
    }

    Fields object(String name) {
        return of(members.get(name));
    }

    <T> List<T> list(String name, Function<? super Fields, ? extends T> item) {
        return Json.list(members.get(name)).stream()
                .<T>map(value -> item.apply(of(value)))
                .toList();
    }

    private <T> T typed(String name, Class<T> type) {
        Object value = members.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("the field " + name + " is missing or of another type: " + value);
        }
        return type.cast(value);
    }
}
