package dev.coord.raft.internal.codec;

import dev.coord.kv.Entry;
import dev.coord.raft.internal.store.Change;
import dev.coord.raft.internal.store.LeaseState;
import dev.coord.raft.internal.store.PersistentMap;
import dev.coord.raft.internal.store.Revision;
import dev.coord.raft.internal.store.SessionState;
import dev.coord.raft.internal.store.View;
import dev.coord.raft.internal.store.ViewBuilder;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a whole state. A snapshot is a magic number, a format number, and frames (length, CRC-32C, section, items) in
 * the order of the sections, ended by an empty one. Equal states give equal bytes.
 */
public final class SnapshotCodec {
    static final int FORMAT = 1;

    private static final long MAGIC = 0x434f4f5244534e50L; // "COORDSNP"
    private static final int FRAME_TARGET = 1 << 16;
    private static final int FRAME_LIMIT = 1 << 30;

    private static final int COUNTERS = 1;
    private static final int ENTRIES = 2;
    private static final int LEASES = 3;
    private static final int SESSIONS = 4;
    private static final int HISTORY = 5;
    private static final int PEERS = 6;

    /** How leases end when their holder is silent; of those that do. */
    private static final int VALIDITIES = 7;

    private static final int END = 0;

    private SnapshotCodec() {}

    /** Writes a state. */
    public static void write(View view, OutputStream to) throws IOException {
        DataOutputStream out = new DataOutputStream(to);
        out.writeLong(MAGIC);
        out.writeInt(FORMAT);
        Writer counters = new Writer(64);
        counters.putByte(COUNTERS)
                .putNumber(view.term())
                .putNumber(view.index() + 1)
                .putNumber(view.revision())
                .putNumber(view.compactRevision())
                .putNumber(view.lastLease());
        writeFrame(out, counters);
        write(out, ENTRIES, view.entries(), (frame, key, entry) -> ValueCodec.putEntry(frame, entry));
        write(out, LEASES, view.leases(), (frame, id, lease) -> putLease(frame, lease));
        write(out, SESSIONS, view.sessions(), SnapshotCodec::putSession);
        Section history = new Section(out, HISTORY);
        view.history().forEach(0, (number, revision) -> history.add(frame -> putRevision(frame, revision)));
        history.end();
        write(
                out,
                PEERS,
                view.peers(),
                (frame, peer, directory) -> frame.putText(peer).putText(directory));
        writeValidities(out, view);
        writeFrame(out, new Writer(1).putByte(END));
        out.flush();
    }

    private static void writeValidities(DataOutputStream out, View view) throws IOException {
        Section validities = new Section(out, VALIDITIES);
        view.leases()
                .forEach(
                        null,
                        null,
                        (id, lease) -> !lease.endsWhenSilent()
                                || validities.add(frame -> frame.putNumber(id).putNumber(lease.validityMillis())));
        validities.end();
    }

    /** Reads a state; throws {@link IOException} or {@link CodecException} if it is damaged or of an unknown format. */
    public static View read(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        if (in.readLong() != MAGIC) {
            throw new CodecException("not a snapshot");
        }
        int format = in.readInt();
        if (format != FORMAT) {
            throw new CodecException(
                    "snapshot of format " + format + "; this version knows " + FORMAT + ": upgrade this peer");
        }
        ViewBuilder view = new ViewBuilder();
        try {
            while (readFrame(in, view)) {
                // Each frame adds to the view.
            }
            return view.build();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CodecException("snapshot with a value out of bounds: " + e.getMessage());
        }
    }

    /** Writes an item of a map. */
    private interface ItemWriter<K, V> {
        void write(Writer frame, K key, V value);
    }

    private static <K, V> void write(
            DataOutputStream out, int section, PersistentMap<K, V> items, ItemWriter<K, V> writer) throws IOException {
        Section frames = new Section(out, section);
        items.forEach(null, null, (key, value) -> frames.add(frame -> writer.write(frame, key, value)));
        frames.end();
    }

    /** Items of one kind on their way into frames. */
    private static final class Section {
        private final DataOutputStream out;
        private final int kind;
        private final Writer frame;
        private @Nullable IOException failure;

        Section(DataOutputStream out, int kind) {
            this.out = out;
            this.kind = kind;
            this.frame = new Writer(FRAME_TARGET * 2).putByte(kind);
        }

        /** Adds an item; false if there is no use in adding more. */
        boolean add(Consumer<Writer> item) {
            item.accept(frame);
            if (frame.size() >= FRAME_TARGET) {
                try {
                    writeFrame(out, frame);
                } catch (IOException e) {
                    failure = e;
                    return false;
                }
                frame.clear();
                frame.putByte(kind);
            }
            return true;
        }

        void end() throws IOException {
            if (failure != null) {
                throw failure;
            }
            if (frame.size() > 1) {
                writeFrame(out, frame);
            }
        }
    }

    private static void writeFrame(DataOutputStream out, Writer frame) throws IOException {
        if (frame.size() > FRAME_LIMIT) {
            throw new IOException("snapshot item of " + frame.size() + " bytes; it could not be read again");
        }
        CRC32C crc = new CRC32C();
        crc.update(frame.buffer(), 0, frame.size());
        out.writeInt(frame.size());
        out.writeInt((int) crc.getValue());
        out.write(frame.buffer(), 0, frame.size());
    }

    private static boolean readFrame(DataInputStream in, ViewBuilder view) throws IOException {
        int length = in.readInt();
        if (length < 1 || length > FRAME_LIMIT) {
            throw new CodecException("snapshot frame of " + length + " bytes");
        }
        int expected = in.readInt();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("snapshot ends within a frame");
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        if ((int) crc.getValue() != expected) {
            throw new CodecException("snapshot frame with a wrong checksum");
        }
        Reader frame = new Reader(bytes);
        int section = frame.getByte();
        while (!frame.atEnd()) {
            readItem(section, frame, view);
        }
        return section != END;
    }

    private static void readItem(int section, Reader in, ViewBuilder view) {
        switch (section) {
            case COUNTERS ->
                view.counters(in.getNumber(), in.getNumber() - 1, in.getNumber(), in.getNumber(), in.getNumber());
            case ENTRIES -> view.entry(ValueCodec.getEntry(in));
            case LEASES -> view.lease(in.getNumber(), in.getNumber(), in.getNumber(), in.getNumber());
            case SESSIONS -> getSession(in, view);
            case HISTORY -> view.revision(getRevision(in));
            case PEERS -> view.peer(in.getText(), in.getText());
            case VALIDITIES -> view.validity(in.getNumber(), in.getNumber());
            default -> throw new CodecException("snapshot section " + section + " is unknown: upgrade this peer");
        }
    }

    private static void putLease(Writer out, LeaseState lease) {
        out.putNumber(lease.id())
                .putNumber(lease.ttlMillis())
                .putNumber(lease.generation())
                .putNumber(lease.remainingMillis());
    }

    private static void putSession(Writer out, long id, SessionState state) {
        out.putNumber(id)
                .putNumber(state.lastSequence())
                .putNumber(state.results().size());
        state.results().forEach(0, (sequence, result) -> {
            out.putNumber(sequence);
            ResultCodec.put(out, result);
            return true;
        });
    }

    private static void getSession(Reader in, ViewBuilder view) {
        long id = in.getNumber();
        long lastSequence = in.getNumber();
        int results = in.getCount();
        view.session(id, lastSequence, results);
        for (int i = 0; i < results; i++) {
            view.result(id, in.getNumber(), ResultCodec.get(in));
        }
    }

    private static void putRevision(Writer out, Revision revision) {
        out.putNumber(revision.number());
        ValueCodec.putList(out, revision.changes(), (to, change) -> {
            Entry after = change.after();
            to.putText(change.key());
            ValueCodec.putOptionalEntry(to, after);
            ValueCodec.putOptionalEntry(to, change.before());
        });
    }

    private static Revision getRevision(Reader in) {
        return new Revision(
                in.getNumber(),
                ValueCodec.getList(
                        in,
                        item -> new Change(
                                item.getText(), ValueCodec.getOptionalEntry(item), ValueCodec.getOptionalEntry(item))));
    }
}
