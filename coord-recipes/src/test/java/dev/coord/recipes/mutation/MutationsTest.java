package dev.coord.recipes.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MutationsTest {
    private static final String ENTRY = "dev.coord.kv.Entry";
    private static final String ENTRY_SOURCE = "coord-api/src/main/java/dev/coord/kv/Entry.java";

    private final Sources sources = Sources.find();

    @Test
    void mutations_all_stillApplyAndCompile() throws Exception {
        Set<String> names = new HashSet<>();
        for (Mutation mutation : Mutations.all()) {
            assertThat(names.add(mutation.name())).as(mutation.name()).isTrue();
            try (MutantLoader loader = MutantLoader.of(sources.mutated(mutation))) {
                for (Mutation.Edit edit : mutation.edits()) {
                    assertThat(loader.loadClass(edit.className()).getClassLoader())
                            .isSameAs(loader);
                }
            }
        }
    }

    @Test
    void mutation_ofATextThatIsGone_isAnError() {
        Mutation gone = Mutation.of("gone", "its text was changed").edit(ENTRY_SOURCE, "no such text", "");
        assertThatThrownBy(() -> sources.mutated(gone)).hasMessageContaining("mutation gone no longer applies: renew");
    }

    @Test
    void mutation_ofATextThatIsThereTwice_isAnError() {
        Mutation twice = Mutation.of("twice", "its text is ambiguous").edit(ENTRY_SOURCE, "long", "int");
        assertThatThrownBy(() -> sources.mutated(twice)).hasMessageContaining("more than once");
    }

    @Test
    void mutant_loaded_replacesTheClassInItsOwnWorldOnly() throws Exception {
        Mutation mutation = Mutation.of("silent", "an entry has no text")
                .edit(ENTRY_SOURCE, "return value.asString();", "return \"\";");
        try (MutantLoader loader = MutantLoader.of(sources.mutated(mutation));
                MutantLoader control = MutantLoader.of(java.util.Map.of())) {
            assertThat(textOfAnEntry(loader)).isEqualTo("");
            assertThat(textOfAnEntry(control)).isEqualTo("text");
            assertThat(textOfAnEntry(getClass().getClassLoader())).isEqualTo("text");
        }
    }

    private static Object textOfAnEntry(ClassLoader loader) throws Exception {
        Class<?> valueType = loader.loadClass("dev.coord.kv.Value");
        Object value = valueType.getMethod("of", String.class).invoke(null, "text");
        Class<?> type = loader.loadClass(ENTRY);
        Object entry = type.getDeclaredConstructors()[0].newInstance("key", value, 1L, 1L, 1L, 0L);
        return type.getMethod("text").invoke(entry);
    }
}
