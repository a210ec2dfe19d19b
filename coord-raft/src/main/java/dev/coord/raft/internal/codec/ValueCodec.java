package dev.coord.raft.internal.codec;

import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.RangeResult;
import dev.coord.kv.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Encodes the values that commands, results and snapshots are made of, and messages of programs that test them. */
public final class ValueCodec {
    private ValueCodec() {}

    public static <T> void putList(Writer out, List<T> items, BiConsumer<Writer, T> item) {
        out.putNumber(items.size());
        items.forEach(each -> item.accept(out, each));
    }

    public static <T> List<T> getList(Reader in, Function<Reader, T> item) {
        int count = in.getCount();
        List<T> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(item.apply(in));
        }
        return items;
    }

    static void putValue(Writer out, Value value) {
        out.putBytes(value.toByteArray());
    }

    static Value getValue(Reader in) {
        return Value.of(in.getBytes());
    }

    public static void putRange(Writer out, KeyRange range) {
        out.putText(range.from()).putText(range.to() == null ? "" : range.to());
    }

    public static KeyRange getRange(Reader in) {
        String from = in.getText();
        String to = in.getText();
        return new KeyRange(from, to.isEmpty() ? null : to);
    }

    public static void putQuery(Writer out, RangeQuery query) {
        putRange(out, query.range());
        int flags = (query.descending() ? 1 : 0) | (query.keysOnly() ? 2 : 0) | (query.countOnly() ? 4 : 0);
        out.putNumber(query.limit()).putByte(flags);
    }

    public static RangeQuery getQuery(Reader in) {
        KeyRange range = getRange(in);
        int limit = Math.toIntExact(in.getNumber());
        int flags = in.getByte();
        return new RangeQuery(range, limit, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
    }

    public static void putEntry(Writer out, Entry entry) {
        out.putText(entry.key());
        putValue(out, entry.value());
        out.putNumber(entry.createRevision())
                .putNumber(entry.modRevision())
                .putNumber(entry.version())
                .putNumber(entry.lease());
    }

    public static Entry getEntry(Reader in) {
        return new Entry(in.getText(), getValue(in), in.getNumber(), in.getNumber(), in.getNumber(), in.getNumber());
    }

    public static void putOptionalEntry(Writer out, @Nullable Entry entry) {
        out.putBoolean(entry != null);
        if (entry != null) {
            putEntry(out, entry);
        }
    }

    public static @Nullable Entry getOptionalEntry(Reader in) {
        return in.getBoolean() ? getEntry(in) : null;
    }

    public static void putRangeResult(Writer out, RangeResult result) {
        out.putNumber(result.revision()).putNumber(result.count());
        putList(out, result.entries(), ValueCodec::putEntry);
    }

    public static RangeResult getRangeResult(Reader in) {
        long revision = in.getNumber();
        long count = in.getNumber();
        return new RangeResult(revision, getList(in, ValueCodec::getEntry), count);
    }
}
