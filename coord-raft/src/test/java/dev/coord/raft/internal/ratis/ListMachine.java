package dev.coord.raft.internal.ratis;

import dev.coord.raft.internal.client.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A replica that remembers its entries, in order. */
final class ListMachine implements StateMachine {
    private static final String POISON = "poison";

    private volatile State state = new State(0, -1, List.of());
    private volatile boolean poisonable;
    final AtomicInteger restores = new AtomicInteger();
    final AtomicInteger changes = new AtomicInteger();

    @Override
    public void apply(long term, long index, byte[] entry) {
        String text = new String(entry, StandardCharsets.UTF_8);
        if (poisonable && text.equals(POISON)) {
            throw new IllegalStateException("poisoned");
        }
        List<String> entries = new ArrayList<>(state.entries);
        entries.add(text);
        advance(term, index, entries);
    }

    void makePoisonable() {
        poisonable = true;
    }

    @Override
    public void skip(long term, long index) {
        advance(term, index, state.entries);
    }

    private void advance(long term, long index, List<String> entries) {
        if (index != state.index + 1) {
            throw new IllegalStateException("entry " + index + " after " + state.index);
        }
        state = new State(term, index, entries);
    }

    @Override
    public Image image() {
        return state;
    }

    @Override
    public Image restore(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        long term = data.readLong();
        long index = data.readLong();
        List<String> entries = new ArrayList<>();
        for (int left = data.readInt(); left > 0; left--) {
            entries.add(data.readUTF());
        }
        if (data.read() >= 0) {
            throw new IOException("bytes after the end");
        }
        state = new State(term, index, entries);
        restores.incrementAndGet();
        return state;
    }

    @Override
    public void statusChanged() {
        changes.incrementAndGet();
    }

    List<String> entries() {
        return state.entries;
    }

    long index() {
        return state.index;
    }

    private record State(long term, long index, List<String> entries) implements Image {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            DataOutputStream data = new DataOutputStream(out);
            data.writeLong(term);
            data.writeLong(index);
            data.writeInt(entries.size());
            for (String entry : entries) {
                data.writeUTF(entry);
            }
            data.flush();
        }
    }
}
