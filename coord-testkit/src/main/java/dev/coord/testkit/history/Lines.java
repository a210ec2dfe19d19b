package dev.coord.testkit.history;

import static dev.coord.testkit.history.Codec.object;

import dev.coord.testkit.history.Recording.Holding;
import dev.coord.testkit.history.Recording.Incident;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Histories as JSON lines and back: a line for each operation, thing told to a watch, claim and fault. */
final class Lines {
    private static final int VERSION = 1;

    private final List<Operation> operations = new ArrayList<>();
    private final Map<Long, Tape> tapes = new LinkedHashMap<>();
    private final Map<Long, List<Tape.Item>> told = new LinkedHashMap<>();
    private final List<Holding> holdings = new ArrayList<>();
    private final List<Claim> claims = new ArrayList<>();
    private final List<Incident> incidents = new ArrayList<>();

    private Lines() {}

    // ---- writing

    static void write(Recording recording, Writer out) throws IOException {
        line(out, object("f", "history", "version", (long) VERSION));
        for (Operation operation : recording.operations()) {
            line(out, operation(operation));
        }
        for (Tape tape : recording.tapes()) {
            line(out, tape(tape));
            for (Tape.Item item : tape.items()) {
                line(out, item(tape, item));
            }
        }
        for (Holding holding : recording.holdings()) {
            line(out, holding(holding));
        }
        for (Claim claim : recording.claims()) {
            line(out, claim(claim));
        }
        for (Incident incident : recording.incidents()) {
            line(
                    out,
                    object(
                            "f",
                            "fault",
                            "at",
                            incident.at(),
                            "call_ns",
                            incident.nanos(),
                            "in",
                            incident.what(),
                            "gone",
                            incident.gone()));
        }
    }

    private static void line(Writer out, Map<String, @Nullable Object> line) throws IOException {
        out.write(Json.write(line));
        out.write('\n');
    }

    private static @Nullable Long known(long place) {
        return place == Operation.NEVER ? null : place;
    }

    private static Map<String, @Nullable Object> operation(Operation operation) {
        return object(
                "proc", operation.process(),
                "seq", operation.seq(),
                "f", Codec.name(operation.input()),
                "in", Codec.input(operation.input()),
                "call", operation.call(),
                "issued", known(operation.issued()),
                "ret", known(operation.ret()),
                "call_ns", operation.callNanos(),
                "ret_ns", operation.ret() == Operation.NEVER ? null : operation.retNanos(),
                "status", operation.status().text(),
                "rev", operation.revision(),
                "out", Codec.output(operation.output()),
                "error", operation.error());
    }

    private static Map<String, @Nullable Object> tape(Tape tape) {
        WatchSpec spec = tape.spec();
        return object(
                "proc",
                tape.process(),
                "seq",
                tape.seq(),
                "f",
                "watch",
                "in",
                object(
                        "range", Codec.range(spec.range()),
                        "from", spec.fromRevision(),
                        "previous", spec.previousValues(),
                        "puts", spec.puts(),
                        "deletes", spec.deletes(),
                        "resync", spec.resync()),
                "call",
                tape.call(),
                "ret",
                known(tape.opened()));
    }

    private static Map<String, @Nullable Object> item(Tape tape, Tape.Item item) {
        return object(
                "proc", tape.process(),
                "watch", tape.seq(),
                "f", item.kind().name().toLowerCase(Locale.ROOT),
                "at", item.at(),
                "call_ns", item.nanos(),
                "rev", item.revision(),
                "out",
                        item.events().isEmpty()
                                ? null
                                : item.events().stream().map(Lines::event).toList(),
                "state", item.state() == null ? null : Codec.state(item.state()));
    }

    private static Map<String, @Nullable Object> event(WatchEvent event) {
        return object(
                "kind", event.kind().name(),
                "key", event.key(),
                "after", Codec.entry(event.after()),
                "before", Codec.entry(event.before()));
    }

    private static Map<String, @Nullable Object> holding(Holding holding) {
        return object(
                "proc", holding.process(),
                "f", "lease",
                "lease", holding.lease(),
                "ttl_ns", holding.ttlNanos(),
                "valid_at", holding.validAt(),
                "valid_until_ns", holding.validUntilNanos(),
                "closed", known(holding.closed()),
                "session", holding.session());
    }

    private static Map<String, @Nullable Object> claim(Claim claim) {
        return object(
                "proc", claim.process(),
                "f", "claim",
                "kind", claim.kind().name(),
                "name", claim.name(),
                "token", claim.token(),
                "at", claim.at(),
                "answered", claim.answered(),
                "call_ns", claim.nanos(),
                "until_ns", claim.untilNanos());
    }

    // ---- reading

    /**
     * Reads a history.
     *
     * @throws IllegalArgumentException if a line is not one of a history; names the line
     */
    static Recording read(BufferedReader in) throws IOException {
        Lines lines = new Lines();
        long number = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            number++;
            try {
                lines.read(new Fields(Json.readObject(line)), number == 1);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
            }
        }
        if (number == 0) {
            throw new IllegalArgumentException("line 1: no history: the file is empty");
        }
        return lines.recording();
    }

    private Recording recording() {
        operations.sort(Comparator.comparingLong(Operation::call));
        List<Tape> whole = new ArrayList<>();
        tapes.forEach((seq, tape) -> whole.add(tape.withItems(told.getOrDefault(seq, List.of()))));
        claims.sort(Comparator.comparingLong(Claim::at));
        return new Recording(operations, whole, holdings, claims, incidents);
    }

    private void read(Fields line, boolean first) {
        String f = line.text("f");
        if (first != f.equals("history") || (first && line.number("version") != VERSION)) {
            throw new IllegalArgumentException(
                    "a history begins with one line of \"f\":\"history\",\"version\":" + VERSION);
        }
        switch (f) {
            case "history" -> {}
            case "watch" -> readWatch(line);
            case "change", "progress", "delivered", "resync", "end" -> readItem(line, f);
            case "lease" -> readHolding(line);
            case "claim" -> readClaim(line);
            case "fault" ->
                incidents.add(
                        new Incident(line.number("at"), line.number("call_ns"), line.text("in"), line.text("gone")));
            default -> readOperation(line, f);
        }
    }

    private void readOperation(Fields line, String f) {
        if (f.equals("close") && line.has("watch")) {
            readItem(line, f);
            return;
        }
        Input input = Codec.input(f, line.object("in"));
        Status status = Status.valueOf(line.text("status").toUpperCase(Locale.ROOT));
        Output output = status == Status.OK ? Codec.output(input, line.object("out")) : null;
        if (input instanceof Input.Transact txn && output instanceof Output.Transacted reply) {
            Codec.checkShape(txn, reply.result());
        }
        if (status != Status.UNKNOWN && !line.has("ret")) {
            throw new IllegalArgumentException("an outcome without a return");
        }
        operations.add(new Operation(
                line.text("proc"),
                line.number("seq"),
                input,
                line.number("call"),
                line.number("call_ns"),
                line.number("issued", Operation.NEVER),
                line.number("ret", Operation.NEVER),
                line.number("ret_ns", 0),
                status,
                output,
                line.has("error") ? line.text("error") : null));
    }

    private void readWatch(Fields line) {
        Fields in = line.object("in");
        WatchSpec spec = new WatchSpec(
                Codec.range(in.object("range")),
                in.number("from"),
                in.flag("previous"),
                in.flag("puts"),
                in.flag("deletes"),
                in.flag("resync"));
        long seq = line.number("seq");
        Tape tape = new Tape(
                line.text("proc"), seq, spec, line.number("call"), line.number("ret", Operation.NEVER), List.of());
        if (tapes.put(seq, tape) != null) {
            throw new IllegalArgumentException("the watch " + seq + " twice");
        }
    }

    private void readItem(Fields line, String f) {
        long watch = line.number("watch");
        if (!tapes.containsKey(watch)) {
            throw new IllegalArgumentException("no watch " + watch + " before this");
        }
        told.computeIfAbsent(watch, seq -> new ArrayList<>())
                .add(new Tape.Item(
                        line.number("at"),
                        line.number("call_ns"),
                        Tape.Kind.valueOf(f.toUpperCase(Locale.ROOT)),
                        line.number("rev"),
                        line.has("out") ? line.list("out", Lines::event) : List.of(),
                        line.has("state") ? Codec.state(line.object("state")) : null));
    }

    private static WatchEvent event(Fields fields) {
        return new WatchEvent(
                WatchEvent.Kind.valueOf(fields.text("kind")),
                fields.text("key"),
                Codec.entryOrNull(fields, "after"),
                Codec.entryOrNull(fields, "before"));
    }

    private void readHolding(Fields line) {
        holdings.add(new Holding(
                line.text("proc"),
                line.number("lease"),
                line.number("ttl_ns"),
                line.number("valid_at"),
                line.number("valid_until_ns"),
                line.number("closed", Operation.NEVER),
                line.has("session") && line.flag("session")));
    }

    private void readClaim(Fields line) {
        claims.add(new Claim(
                line.number("at"),
                line.number("answered"),
                line.number("call_ns"),
                line.text("proc"),
                line.text("name"),
                line.number("token"),
                Claim.Kind.valueOf(line.text("kind")),
                line.number("until_ns")));
    }
}
