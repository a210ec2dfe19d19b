package dev.coord.recipes.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The main sources of this repository. */
final class Sources {
    private final Path root;

    private Sources(Path root) {
        this.root = root;
    }

    /** Finds them from the working directory upwards. */
    static Sources find() {
        Path start = Path.of("").toAbsolutePath();
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("coord-raft/src/main/java"))) {
                return new Sources(at);
            }
        }
        throw new IllegalStateException("no sources of Coord at or above " + start);
    }

    /** The sources that a mutation changes, changed, by the class that each is named after. */
    Map<String, String> mutated(Mutation mutation) {
        Map<String, String> changed = new LinkedHashMap<>();
        for (Mutation.Edit edit : mutation.edits()) {
            String before = changed.computeIfAbsent(edit.className(), name -> read(edit.source()));
            try {
                changed.put(edit.className(), edit.applyTo(before));
            } catch (IllegalStateException e) {
                throw new IllegalStateException(
                        "mutation " + mutation.name() + " no longer applies: renew it; " + e.getMessage(), e);
            }
        }
        return changed;
    }

    private String read(String source) {
        try {
            return Files.readString(root.resolve(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
