package dev.coord.testkit.history;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Operations in words, short enough for a drawing. */
final class Words {
    private static final int MAX_VALUE = 12;
    private static final int MAX_ENTRIES = 4;
    private static final int MAX_INPUT = 40;

    private Words() {}

    static String of(Operation operation) {
        String asked = of(operation.input());
        return (asked.length() > MAX_INPUT ? asked.substring(0, MAX_INPUT) + "~" : asked) + " -> " + outcome(operation);
    }

    private static String outcome(Operation operation) {
        Output output = operation.output();
        if (output == null) {
            return operation.status() == Status.FAIL ? "failed" : "?";
        }
        if (output instanceof Output.Transacted reply) {
            return of((Input.Transact) operation.input(), reply.result());
        }
        if (output instanceof Output.Got got) {
            return of(got.entry());
        }
        if (output instanceof Output.Ranged ranged) {
            return of(ranged.result());
        }
        if (output instanceof Output.Granted granted) {
            return "lease " + granted.lease();
        }
        return output instanceof Output.Existed existed ? String.valueOf(existed.existed()) : "done";
    }

    private static String of(Input input) {
        if (input instanceof Input.Transact txn) {
            return of(txn);
        }
        if (input instanceof Input.Get get) {
            return "get " + get.key() + of(get.consistency());
        }
        if (input instanceof Input.Range range) {
            return "range " + of(range.query().range()) + of(range.consistency());
        }
        if (input instanceof Input.Grant grant) {
            return "grant " + grant.ttl();
        }
        if (input instanceof Input.Revoke revoke) {
            return "revoke " + revoke.lease();
        }
        return input instanceof Input.Find find ? "find " + find.lease() : "close " + ((Input.Close) input).lease();
    }

    private static String of(Consistency consistency) {
        return consistency.kind() == Consistency.Kind.LINEARIZABLE
                ? ""
                : " " + consistency.toString().toLowerCase(Locale.ROOT);
    }

    private static String of(Input.Transact txn) {
        String guards = txn.guards().isEmpty()
                ? ""
                : txn.guards().stream().map(Words::of).collect(Collectors.joining(" and ", "if ", " "));
        String otherwise = txn.otherwise().isEmpty() ? "" : " else " + of(txn.otherwise());
        return guards + of(txn.then()) + otherwise;
    }

    private static String of(List<Op> ops) {
        return ops.stream().map(Words::of).collect(Collectors.joining(", "));
    }

    private static String of(Op op) {
        if (op instanceof Op.Put put) {
            return "put " + put.key() + "=" + of(put.value()) + (put.lease() == 0 ? "" : " lease " + put.lease());
        }
        if (op instanceof Op.Get get) {
            return "get " + get.key();
        }
        if (op instanceof Op.Range range) {
            return "range " + of(range.query().range());
        }
        if (op instanceof Op.Add add) {
            return "add " + add.key() + (add.delta() < 0 ? "" : "+") + add.delta();
        }
        return op instanceof Op.Delete delete
                ? "delete " + delete.key()
                : "delete " + of(((Op.DeleteRange) op).range());
    }

    private static String of(Guard guard) {
        String relation = switch (guard.relation()) {
            case EQUAL -> "=";
            case NOT_EQUAL -> "!=";
            case LESS -> "<";
            case GREATER -> ">";
        };
        Value value = guard.value();
        return guard.target().name().toLowerCase(Locale.ROOT) + "(" + of(guard.range()) + ")" + relation
                + (value == null ? guard.number() : of(value));
    }

    private static String of(Input.Transact txn, TxnResult result) {
        String parts = result.results().stream()
                .map(Words::of)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
        return (txn.guards().isEmpty() || result.succeeded() ? "" : "else ") + "@" + result.revision()
                + (parts.isEmpty() ? "" : " " + parts);
    }

    private static String of(OpResult part) {
        if (part instanceof OpResult.Put put) {
            return put.before() == null ? "" : "was " + of(put.before());
        }
        if (part instanceof OpResult.Get get) {
            return of(get.found());
        }
        if (part instanceof OpResult.Add add) {
            return "now " + of(add.after());
        }
        return part instanceof OpResult.Range range
                ? of(range.result())
                : "deleted " + of(((OpResult.Delete) part).deleted(), true);
    }

    static String of(Tape.Item item) {
        return switch (item.kind()) {
            case CHANGE ->
                item.events().stream()
                        .limit(MAX_ENTRIES)
                        .map(event -> event.key() + "=" + of(event.after()))
                        .collect(Collectors.joining(", ", "@" + item.revision() + " ", ""));
            case PROGRESS, DELIVERED -> "all up to @" + item.revision();
            case RESYNC -> "state @" + item.revision();
            case END, CLOSE -> item.kind().name().toLowerCase(Locale.ROOT);
        };
    }

    static String of(@Nullable Entry entry) {
        return entry == null ? "absent" : of(entry.value()) + "@" + entry.modRevision();
    }

    static String of(RangeResult result) {
        return "@" + result.revision() + " " + of(result.entries(), true)
                + (result.more() ? " of " + result.count() : "");
    }

    private static String of(List<Entry> entries, boolean withKeys) {
        return entries.stream()
                        .limit(MAX_ENTRIES)
                        .map(entry -> (withKeys ? entry.key() + "=" : "") + of(entry))
                        .collect(Collectors.joining(", ", "[", ""))
                + (entries.size() > MAX_ENTRIES ? ", ...]" : "]");
    }

    private static String of(KeyRange range) {
        return range.isSingleKey() ? range.from() : range.toString();
    }

    static String of(Value value) {
        String text = value.asString();
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), MAX_VALUE); i++) {
            char c = text.charAt(i);
            shown.append(c < ' ' || c > '~' ? '.' : c);
        }
        return text.length() > MAX_VALUE ? shown + "~" : shown.toString();
    }
}
