package dev.coord.recipes.mutation;

import java.util.ArrayList;
import java.util.List;

/**
 * A bug seeded into main sources, as a textual patch.
 *
 * @param name how it is called
 * @param what the bug in a sentence
 * @param workload the workload that must convict it
 * @param budget the seeds within which it must be convicted
 * @param edits what is changed
 */
record Mutation(String name, String what, String workload, int budget, List<Edit> edits) {
    private static final int USUAL_BUDGET = 3_000;

    /**
     * A change of one source file.
     *
     * @param source the file, from the root of the repository
     * @param find stands in it exactly once
     * @param replacement what stands there instead
     */
    record Edit(String source, String find, String replacement) {
        /** Returns the source with the change, or fails if it no longer applies. */
        String applyTo(String text) {
            int at = text.indexOf(find);
            if (at < 0 || text.indexOf(find, at + 1) >= 0) {
                throw new IllegalStateException("the text to find is " + (at < 0 ? "not" : "more than once") + " in "
                        + source + ": \"" + find + "\"");
            }
            return text.substring(0, at) + replacement + text.substring(at + find.length());
        }

        /** The name of the class that the file is named after. */
        String className() {
            String path = source.substring(source.indexOf("/java/") + "/java/".length());
            return path.substring(0, path.length() - ".java".length()).replace('/', '.');
        }
    }

    static Mutation of(String name, String what) {
        return new Mutation(name, what, "mixed", USUAL_BUDGET, List.of());
    }

    Mutation edit(String source, String find, String replacement) {
        List<Edit> more = new ArrayList<>(edits);
        more.add(new Edit(source, find, replacement));
        return new Mutation(name, what, workload, budget, List.copyOf(more));
    }

    /** The same, to be convicted by another workload. */
    Mutation by(String other) {
        return new Mutation(name, what, other, budget, edits);
    }

    /** The same, with another budget. */
    Mutation within(int seeds) {
        return new Mutation(name, what, workload, seeds, edits);
    }
}
