package dev.coord.bench.micro;

import dev.coord.raft.internal.codec.CommandCodec;
import dev.coord.raft.internal.codec.SnapshotCodec;
import dev.coord.raft.internal.store.Proposal;
import dev.coord.raft.internal.store.View;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to turn log entries into bytes and back, and a state into a snapshot. */
@State(Scope.Thread)
public class CodecBenchmarks {
    private static final int BATCH = 256;
    private static final int ENTRIES = 1_000;

    private final List<Proposal> alone = batch(1);
    private final List<Proposal> many = batch(BATCH);
    private final byte[] encodedAlone = CommandCodec.encode(alone);
    private final byte[] encodedMany = CommandCodec.encode(many);
    private final View view = state();

    private static List<Proposal> batch(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> new Proposal(1_000 + i % 3, 100_000 + i, 99_999, Machine.put(Keys.key(i))))
                .toList();
    }

    /** Entries without history. */
    private static View state() {
        Machine machine = Machine.filled(ENTRIES);
        machine.forget();
        return machine.view();
    }

    /**
     * Encodes a log entry with one write.
     *
     * @return the bytes
     */
    @Benchmark
    public byte[] encode() {
        return CommandCodec.encode(alone);
    }

    /**
     * Encodes one of 256 writes in a log entry.
     *
     * @return the bytes of all
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public byte[] encodeOf256() {
        return CommandCodec.encode(many);
    }

    /**
     * Decodes a log entry with one write.
     *
     * @return the proposal
     */
    @Benchmark
    public List<Proposal> decode() {
        return CommandCodec.decode(encodedAlone);
    }

    /**
     * Decodes one of 256 writes in a log entry.
     *
     * @return the proposals
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public List<Proposal> decodeOf256() {
        return CommandCodec.decode(encodedMany);
    }

    /**
     * Writes one of 1,000 entries to a snapshot that goes nowhere.
     *
     * @return where it went
     * @throws IOException never
     */
    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public OutputStream snapshotOf1000() throws IOException {
        OutputStream nowhere = OutputStream.nullOutputStream();
        SnapshotCodec.write(view, nowhere);
        return nowhere;
    }
}
