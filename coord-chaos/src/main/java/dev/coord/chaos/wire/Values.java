package dev.coord.chaos.wire;

import dev.coord.kv.Consistency;
import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.ValueCodec;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.watch.WatchEvent;
import dev.coord.watch.WatchSpec;
import java.time.Duration;
import java.util.List;

/** What only agent and driver tell each other as bytes; they are of one build. */
final class Values {
    private static final List<Consistency.Kind> KINDS = List.of(Consistency.Kind.values());

    private Values() {}

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

    static void putSpec(Writer out, WatchSpec spec) {
        ValueCodec.putRange(out, spec.range());
        out.putNumber(spec.fromRevision())
                .putBoolean(spec.previousValues())
                .putBoolean(spec.puts())
                .putBoolean(spec.deletes())
                .putBoolean(spec.resync());
    }

    static WatchSpec getSpec(Reader in) {
        return new WatchSpec(
                ValueCodec.getRange(in),
                in.getNumber(),
                in.getBoolean(),
                in.getBoolean(),
                in.getBoolean(),
                in.getBoolean());
    }

    static void putEvent(Writer out, WatchEvent event) {
        out.putBoolean(event.kind() == WatchEvent.Kind.PUT).putText(event.key());
        ValueCodec.putOptionalEntry(out, event.after());
        ValueCodec.putOptionalEntry(out, event.before());
    }

    static WatchEvent getEvent(Reader in) {
        return new WatchEvent(
                in.getBoolean() ? WatchEvent.Kind.PUT : WatchEvent.Kind.DELETE,
                in.getText(),
                ValueCodec.getOptionalEntry(in),
                ValueCodec.getOptionalEntry(in));
    }
}
