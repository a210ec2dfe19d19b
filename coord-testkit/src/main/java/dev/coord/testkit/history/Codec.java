package dev.coord.testkit.history;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of operations as JSON and back. */
final class Codec {
    private Codec() {}

    /** An object of names and values, in turn; those whose value is null are left out. */
    static Map<String, @Nullable Object> object(@Nullable Object... members) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            if (members[i + 1] != null) {
                object.put(String.valueOf(members[i]), members[i + 1]);
            }
        }
        return object;
    }

    // ---- parts

    /** Text as text; bytes that are none in base 64. */
    static Map<String, @Nullable Object> value(Value value) {
        String text = value.asString();
        return Value.of(text).equals(value)
                ? object("text", text)
                : object("base64", Base64.getEncoder().encodeToString(value.toByteArray()));
    }

    static Value value(Fields fields) {
        return fields.has("text")
                ? Value.of(fields.text("text"))
                : Value.of(Base64.getDecoder().decode(fields.text("base64")));
    }

    static @Nullable Map<String, @Nullable Object> entry(@Nullable Entry entry) {
        return entry == null
                ? null
                : object(
                        "key", entry.key(),
                        "value", value(entry.value()),
                        "create", entry.createRevision(),
                        "mod", entry.modRevision(),
                        "version", entry.version(),
                        "lease", entry.lease());
    }

    static Entry entry(Fields fields) {
        return new Entry(
                fields.text("key"),
                value(fields.object("value")),
                fields.number("create"),
                fields.number("mod"),
                fields.number("version"),
                fields.number("lease"));
    }

    static @Nullable Entry entryOrNull(Fields fields, String name) {
        return fields.has(name) ? entry(fields.object(name)) : null;
    }

    static Map<String, @Nullable Object> range(KeyRange range) {
        return object("from", range.from(), "to", range.to());
    }

    static KeyRange range(Fields fields) {
        return new KeyRange(fields.text("from"), fields.has("to") ? fields.text("to") : null);
    }

    private static Map<String, @Nullable Object> query(RangeQuery query) {
        return object(
                "range", range(query.range()),
                "limit", (long) query.limit(),
                "descending", query.descending(),
                "keysOnly", query.keysOnly(),
                "countOnly", query.countOnly());
    }

    private static RangeQuery query(Fields fields) {
        return new RangeQuery(
                range(fields.object("range")),
                Math.toIntExact(fields.number("limit")),
                fields.flag("descending"),
                fields.flag("keysOnly"),
                fields.flag("countOnly"));
    }

    static Map<String, @Nullable Object> state(RangeResult result) {
        return object(
                "rev", result.revision(),
                "entries", result.entries().stream().map(Codec::entry).toList(),
                "count", result.count());
    }

    static RangeResult state(Fields fields) {
        return new RangeResult(fields.number("rev"), fields.list("entries", Codec::entry), fields.number("count"));
    }

    private static Map<String, @Nullable Object> consistency(Consistency consistency) {
        return object(
                "kind", consistency.kind().name(),
                "rev", consistency.revision(),
                "age_ns", consistency.staleness().toNanos());
    }

    private static Consistency consistency(Fields fields) {
        return switch (Consistency.Kind.valueOf(fields.text("kind"))) {
            case LINEARIZABLE -> Consistency.linearizable();
            case SEQUENTIAL -> Consistency.sequential();
            case AT_LEAST -> Consistency.atLeast(fields.number("rev"));
            case AT -> Consistency.at(fields.number("rev"));
            case BOUNDED_STALENESS -> Consistency.boundedStaleness(Duration.ofNanos(fields.number("age_ns")));
        };
    }

    private static Map<String, @Nullable Object> guard(Guard guard) {
        Value value = guard.value();
        return object(
                "range", range(guard.range()),
                "target", guard.target().name(),
                "relation", guard.relation().name(),
                "number", guard.number(),
                "value", value == null ? null : value(value));
    }

    private static Guard guard(Fields fields) {
        return new Guard(
                range(fields.object("range")),
                Guard.Target.valueOf(fields.text("target")),
                Guard.Relation.valueOf(fields.text("relation")),
                fields.number("number"),
                fields.has("value") ? value(fields.object("value")) : null);
    }

    private static Map<String, @Nullable Object> op(Op op) {
        if (op instanceof Op.Put put) {
            return object("put", put.key(), "value", value(put.value()), "lease", put.lease());
        }
        if (op instanceof Op.Get get) {
            return object("get", get.key());
        }
        if (op instanceof Op.Range range) {
            return object("range", query(range.query()));
        }
        if (op instanceof Op.Add add) {
            return object("add", add.key(), "delta", add.delta());
        }
        return op instanceof Op.Delete delete
                ? object("delete", delete.key())
                : object("deleteRange", range(((Op.DeleteRange) op).range()));
    }

    private static Op op(Fields fields) {
        if (fields.has("put")) {
            return new Op.Put(fields.text("put"), value(fields.object("value")), fields.number("lease"));
        }
        if (fields.has("get")) {
            return new Op.Get(fields.text("get"));
        }
        if (fields.has("range")) {
            return new Op.Range(query(fields.object("range")));
        }
        if (fields.has("add")) {
            return new Op.Add(fields.text("add"), fields.number("delta"));
        }
        return fields.has("delete")
                ? new Op.Delete(fields.text("delete"))
                : new Op.DeleteRange(range(fields.object("deleteRange")));
    }

    private static Map<String, @Nullable Object> result(OpResult result) {
        if (result instanceof OpResult.Put put) {
            return object("f", "put", "before", entry(put.before()));
        }
        if (result instanceof OpResult.Get get) {
            return object("f", "get", "found", entry(get.found()));
        }
        if (result instanceof OpResult.Range range) {
            return object("f", "range", "result", state(range.result()));
        }
        if (result instanceof OpResult.Add add) {
            return object("f", "add", "after", entry(add.after()));
        }
        return object(
                "f",
                "delete",
                "deleted",
                ((OpResult.Delete) result).deleted().stream().map(Codec::entry).toList());
    }

    private static OpResult result(Fields fields) {
        String kind = fields.text("f");
        return switch (kind) {
            case "put" -> new OpResult.Put(entryOrNull(fields, "before"));
            case "get" -> new OpResult.Get(entryOrNull(fields, "found"));
            case "range" -> new OpResult.Range(state(fields.object("result")));
            case "delete" -> new OpResult.Delete(fields.list("deleted", Codec::entry));
            case "add" -> new OpResult.Add(entry(fields.object("after")));
            default -> throw new IllegalArgumentException("no step of a transaction: " + kind);
        };
    }

    // ---- inputs and outputs

    static Map<String, @Nullable Object> input(Input input) {
        if (input instanceof Input.Transact txn) {
            return object(
                    "when", txn.guards().stream().map(Codec::guard).toList(),
                    "then", txn.then().stream().map(Codec::op).toList(),
                    "otherwise", txn.otherwise().stream().map(Codec::op).toList());
        }
        if (input instanceof Input.Get get) {
            return object("key", get.key(), "consistency", consistency(get.consistency()));
        }
        if (input instanceof Input.Range range) {
            return object("query", query(range.query()), "consistency", consistency(range.consistency()));
        }
        if (input instanceof Input.Grant grant) {
            return object("ttl_ns", grant.ttl().toNanos());
        }
        if (input instanceof Input.Revoke revoke) {
            return object("lease", revoke.lease());
        }
        return object("lease", input instanceof Input.Find find ? find.lease() : ((Input.Close) input).lease());
    }

    static String name(Input input) {
        return input instanceof Input.Transact
                ? "txn"
                : input.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    static Input input(String name, Fields fields) {
        return switch (name) {
            case "txn" ->
                new Input.Transact(
                        fields.list("when", Codec::guard),
                        fields.list("then", Codec::op),
                        fields.list("otherwise", Codec::op));
            case "get" -> new Input.Get(fields.text("key"), consistency(fields.object("consistency")));
            case "range" -> new Input.Range(query(fields.object("query")), consistency(fields.object("consistency")));
            case "grant" -> new Input.Grant(Duration.ofNanos(fields.number("ttl_ns")));
            case "revoke" -> new Input.Revoke(fields.number("lease"));
            case "find" -> new Input.Find(fields.number("lease"));
            case "close" -> new Input.Close(fields.number("lease"));
            default -> throw new IllegalArgumentException("no operation: " + name);
        };
    }

    static @Nullable Map<String, @Nullable Object> output(@Nullable Output output) {
        if (output instanceof Output.Transacted reply) {
            TxnResult result = reply.result();
            return object(
                    "succeeded", result.succeeded(),
                    "rev", result.revision(),
                    "results", result.results().stream().map(Codec::result).toList());
        }
        if (output instanceof Output.Got got) {
            return object("entry", entry(got.entry()));
        }
        if (output instanceof Output.Ranged ranged) {
            return state(ranged.result());
        }
        if (output instanceof Output.Granted granted) {
            return object("lease", granted.lease());
        }
        if (output instanceof Output.Existed existed) {
            return object("existed", existed.existed());
        }
        return output == null ? null : object();
    }

    static Output output(Input input, Fields fields) {
        if (input instanceof Input.Transact) {
            return new Output.Transacted(new TxnResult(
                    fields.flag("succeeded"), fields.number("rev"), fields.list("results", Codec::result)));
        }
        if (input instanceof Input.Get) {
            return new Output.Got(entryOrNull(fields, "entry"));
        }
        if (input instanceof Input.Range) {
            return new Output.Ranged(state(fields));
        }
        if (input instanceof Input.Grant) {
            return new Output.Granted(fields.number("lease"));
        }
        return input instanceof Input.Close ? new Output.Done() : new Output.Existed(fields.flag("existed"));
    }

    /** Whether a reply is one that a transaction of this input can have. */
    static void checkShape(Input.Transact txn, TxnResult result) {
        Object[] asked = txn.branch(result.succeeded()).stream()
                .map(op -> op instanceof Op.DeleteRange
                        ? OpResult.Delete.class.getSimpleName()
                        : op.getClass().getSimpleName())
                .toArray();
        Object[] told = result.results().stream()
                .map(part -> part.getClass().getSimpleName())
                .toArray();
        if (!Arrays.equals(asked, told)) {
            throw new IllegalArgumentException(
                    "a transaction of " + Arrays.toString(asked) + " with results of " + Arrays.toString(told));
        }
    }
}
