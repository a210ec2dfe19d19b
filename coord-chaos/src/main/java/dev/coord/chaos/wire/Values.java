package dev.coord.chaos.wire;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.OpResult;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.TxnResult;
import dev.coord.kv.Value;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values as bytes between agent and driver, which are of one build. */
final class Values {
    private static final List<Consistency.Kind> KINDS = List.of(Consistency.Kind.values());

    private Values() {}

    static <T> void putList(Writer out, List<T> items, BiConsumer<Writer, T> item) {
        out.putNumber(items.size());
        items.forEach(each -> item.accept(out, each));
    }

    static <T> List<T> getList(Reader in, Function<Reader, T> item) {
        int count = in.getCount();
        List<T> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(item.apply(in));
        }
        return items;
    }

    static void putConsistency(Writer out, Consistency consistency) {
        out.putByte(KINDS.indexOf(consistency.kind()))
                .putNumber(consistency.revision())
                .putNumber(consistency.staleness().toNanos());
    }

    static Consistency getConsistency(Reader in) {
        Consistency.Kind kind = KINDS.get(in.getByte());
        long revision = in.getNumber();
        Duration age = Duration.ofNanos(in.getNumber());
        return switch (kind) {
            case LINEARIZABLE -> Consistency.linearizable();
            case SEQUENTIAL -> Consistency.sequential();
            case AT_LEAST -> Consistency.atLeast(revision);
            case BOUNDED_STALENESS -> Consistency.boundedStaleness(age);
            case AT -> Consistency.at(revision);
        };
    }

    static void putKeys(Writer out, KeyRange range) {
        out.putText(range.from()).putText(range.to() == null ? "" : range.to());
    }

    static KeyRange getKeys(Reader in) {
        String from = in.getText();
        String to = in.getText();
        return new KeyRange(from, to.isEmpty() ? null : to);
    }

    static void putQuery(Writer out, RangeQuery query) {
        putKeys(out, query.range());
        out.putNumber(query.limit())
                .putBoolean(query.descending())
                .putBoolean(query.keysOnly())
                .putBoolean(query.countOnly());
    }

    static RangeQuery getQuery(Reader in) {
        return new RangeQuery(getKeys(in), (int) in.getNumber(), in.getBoolean(), in.getBoolean(), in.getBoolean());
    }

    static void putEntry(Writer out, @Nullable Entry entry) {
        out.putBoolean(entry != null);
        if (entry != null) {
            out.putText(entry.key())
                    .putBytes(entry.value().toByteArray())
                    .putNumber(entry.createRevision())
                    .putNumber(entry.modRevision())
                    .putNumber(entry.version())
                    .putNumber(entry.lease());
        }
    }

    static @Nullable Entry getEntry(Reader in) {
        return in.getBoolean() ? entry(in) : null;
    }

    private static Entry entry(Reader in) {
        return new Entry(
                in.getText(), Value.of(in.getBytes()), in.getNumber(), in.getNumber(), in.getNumber(), in.getNumber());
    }

    private static Entry present(Reader in) {
        Entry entry = getEntry(in);
        if (entry == null) {
            throw new IllegalStateException("an entry is missing");
        }
        return entry;
    }

    static void putRange(Writer out, RangeResult result) {
        out.putNumber(result.revision()).putNumber(result.count());
        putList(out, result.entries(), Values::putEntry);
    }

    static RangeResult getRange(Reader in) {
        long revision = in.getNumber();
        long count = in.getNumber();
        return new RangeResult(revision, getList(in, Values::present), count);
    }

    static void putTxn(Writer out, TxnResult result) {
        out.putBoolean(result.succeeded()).putNumber(result.revision());
        putList(out, result.results(), Values::putOpResult);
    }

    static TxnResult getTxn(Reader in) {
        return new TxnResult(in.getBoolean(), in.getNumber(), getList(in, Values::getOpResult));
    }

    private static void putOpResult(Writer out, OpResult result) {
        if (result instanceof OpResult.Put put) {
            putEntry(out.putByte(1), put.before());
        } else if (result instanceof OpResult.Get get) {
            putEntry(out.putByte(2), get.found());
        } else if (result instanceof OpResult.Range range) {
            putRange(out.putByte(3), range.result());
        } else if (result instanceof OpResult.Delete delete) {
            putList(out.putByte(4), delete.deleted(), Values::putEntry);
        } else {
            putEntry(out.putByte(5), ((OpResult.Add) result).after());
        }
    }

    private static OpResult getOpResult(Reader in) {
        int code = in.getByte();
        return switch (code) {
            case 1 -> new OpResult.Put(getEntry(in));
            case 2 -> new OpResult.Get(getEntry(in));
            case 3 -> new OpResult.Range(getRange(in));
            case 4 -> new OpResult.Delete(getList(in, Values::present));
            case 5 -> new OpResult.Add(present(in));
            default -> throw new IllegalStateException("unknown result " + code);
        };
    }

    static void putSpec(Writer out, WatchSpec spec) {
        putKeys(out, spec.range());
        out.putNumber(spec.fromRevision())
                .putBoolean(spec.previousValues())
                .putBoolean(spec.puts())
                .putBoolean(spec.deletes())
                .putBoolean(spec.resync());
    }

    static WatchSpec getSpec(Reader in) {
        return new WatchSpec(
                getKeys(in), in.getNumber(), in.getBoolean(), in.getBoolean(), in.getBoolean(), in.getBoolean());
    }

    static void putEvent(Writer out, WatchEvent event) {
        out.putBoolean(event.kind() == WatchEvent.Kind.PUT).putText(event.key());
        putEntry(out, event.after());
        putEntry(out, event.before());
    }

    static WatchEvent getEvent(Reader in) {
        return new WatchEvent(
                in.getBoolean() ? WatchEvent.Kind.PUT : WatchEvent.Kind.DELETE,
                in.getText(),
                getEntry(in),
                getEntry(in));
    }
}
