package dev.coord.testkit.history;

import dev.coord.kv.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Turns what a replay stumbled on into a sentence and the few operations that show it. */
final class Explanation {
    private Explanation() {}

    /** A reply differs from what the state calls for. */
    static Violation ofReply(Sightings sightings, World world, Operation operation, @Nullable Output expected) {
        if (expected == null) {
            return Violation.of(
                    "A transaction succeeded that had to be refused: its lease had ended, or it adds to what is no number",
                    operation);
        }
        Map<String, Entry> shown = entries(operation);
        Map<String, Entry> called = entries(operation.withOutput(expected));
        TreeSet<String> keys = new TreeSet<>(shown.keySet());
        keys.addAll(called.keySet());
        for (String key : keys) {
            if (!Objects.equals(shown.get(key), called.get(key))) {
                return ofKey(sightings, world, operation, key, shown.get(key), called.get(key));
            }
        }
        return Violation.of(
                "The reply to an operation is wrong: by the writes before it, it is "
                        + Words.of(operation.withOutput(expected)),
                operation);
    }

    private static Map<String, Entry> entries(Operation operation) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        operation.forEachShown(entry -> entries.put(entry.key(), entry));
        return entries;
    }

    private static Violation ofKey(
            Sightings sightings,
            World world,
            Operation operation,
            String key,
            @Nullable Entry shown,
            @Nullable Entry called) {
        List<Operation> involved = new ArrayList<>();
        World.Step step = world.lastChange(key);
        if (step != null && step.source() != null && !step.source().equals(operation)) {
            involved.add(step.source());
        }
        if (shown != null) {
            sightings.writers.stream()
                    .filter(writer -> writer.revision() == shown.modRevision())
                    .forEach(involved::add);
        }
        involved.add(operation);
        String by = step == null
                ? ""
                : step.source() == null ? " since lease " + step.lease() + " ended at revision " + step.revision() : "";
        return Violation.of(
                "An operation at revision " + Sightings.shows(operation) + " saw " + key + " as " + full(shown)
                        + ", but by the writes up to there it was " + full(called) + by,
                involved);
    }

    /** A key was there all the time that a read took which saw it absent. */
    static Violation ofAbsence(World world, Sightings.Absence absence, Entry entry) {
        List<Operation> involved = new ArrayList<>();
        World.Step step = world.lastChange(absence.key());
        if (step != null && step.source() != null) {
            involved.add(step.source());
        }
        involved.add(absence.read());
        return Violation.of(
                "A read saw " + absence.key() + " as absent at revision " + absence.from() + " or later, up to "
                        + absence.to() + ", but it was there all the time: " + full(entry),
                involved);
    }

    static String full(@Nullable Entry entry) {
        return entry == null
                ? "absent"
                : Words.of(entry) + " (created " + entry.createRevision() + ", version " + entry.version()
                        + (entry.lease() == 0 ? ")" : ", lease " + entry.lease() + ")");
    }

    /** A revision that nothing can have made. */
    static Violation ofGap(Sightings sightings, World world, long revision) {
        List<Operation> involved = new ArrayList<>();
        Operation witness = sightings.witness(revision);
        if (witness != null) {
            involved.add(witness);
        }
        sightings.unknown.stream()
                .filter(operation -> world.hasUsed(operation) || sightings.mayMake(operation, revision))
                .limit(2)
                .forEach(involved::add);
        return Violation.of(
                "Revision " + revision + " was seen, but no operation can have made it: none that replied has it, and"
                        + " none of unknown outcome and no end of a lease fits what was seen of it, each once and in"
                        + " the order of its handle",
                involved);
    }
}
