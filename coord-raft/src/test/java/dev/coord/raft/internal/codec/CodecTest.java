package dev.coord.raft.internal.codec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.coord.kv.Entry;
import dev.coord.kv.Guard;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Context;
import dev.coord.raft.internal.store.Proposal;
import dev.coord.raft.internal.store.Store;
import dev.coord.raft.internal.store.View;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Fixes the formats on disk: a change of these bytes needs a new format number. docs/format.md describes them. */
class CodecTest {
    private static final String GOLDEN_ENTRY =
            "0109050100017506022f61032f610000000176032f702f032f70300101ac0200000202808080808020022f6d03"
                    + "2f6d00030007022f6c032f6c00040300072fc3a9f09f9880082fc3a9f09f9880000500000501022f6b0576616c"
                    + "75650902022f6b03032f702f032f70300a0704022f6405022f78022f790102022f6f0502010202904e05030103"
                    + "0106050403040000ffffffffffffffff7f000502f403000100060403010601000200070603010601fa01000300"
                    + "08028001000400090f026e310b6469726563746f72792d31";
    private static final String GOLDEN_SNAPSHOT =
            "434f4f5244534e500000000100000006b2ad69010102030301020000001349104e5d02022f6201330102020002"
                    + "2f630134030301000000000d75cee93d0301904e00904e02882701e807000000454fd221100401040302010101"
                    + "020100010003010102020101022f620132010101000401022f610131010101020401010302010003030202022f"
                    + "62013301020200022f630134030301000000003834060430050202022f610001022f61013101010102022f6201"
                    + "022f6201330102020001022f620132010101000301022f6301022f630134030301000000000010ca5b89d90602"
                    + "6e310b6469726563746f72792d3100000001527d535100";

    private static final String GOLDEN_ADD = "01010501000117000206022f6eac0206022f6dfeffffffffffffffff0100";
    private static final String GOLDEN_ADD_SNAPSHOT =
            "434f4f5244534e50000000010000000682688ab001010202000100000018bd511a7502022f6e0333303001"
                    + "010100022f7404746578740202010000000007bd2947330301904e00904e00000032193a5b7b0401040401"
                    + "0101010105022f6e03333030010101000208022f6eac02ffffffffffffffff7f030101020101000407022f"
                    + "740400000026b1ac72a7050101022f6e01022f6e0333303001010100000201022f7401022f740474657874"
                    + "020201000000000001527d535100";

    /** One log entry with every command, guard target, relation and step. */
    private static List<Proposal> everyCommand() {
        List<Guard> guards = List.of(
                Guard.valueIs("/a", Value.of("v")),
                Guard.compare(KeyRange.prefix("/p/"), Guard.Target.VERSION, Guard.Relation.NOT_EQUAL, 300),
                Guard.compare(KeyRange.all(), Guard.Target.CREATE_REVISION, Guard.Relation.LESS, 1L << 40),
                Guard.modRevisionIs("/m", 7),
                Guard.compare(KeyRange.key("/l"), Guard.Target.LEASE, Guard.Relation.GREATER, 0),
                Guard.absent("/\u00E9\uD83D\uDE00"));
        List<Op> then = List.of(
                new Op.Put("/k", Value.of("value"), 9),
                Op.get("/k"),
                Op.range(new RangeQuery(KeyRange.prefix("/p/"), 10, true, true, true)),
                Op.delete("/d"),
                Op.delete(KeyRange.between("/x", "/y")));
        return List.of(
                new Proposal(5, 1, 0, new Command.Transact(guards, then, List.of(Op.get("/o")))),
                new Proposal(5, 2, 1, new Command.GrantLease(10_000)),
                new Proposal(5, 3, 1, new Command.RevokeLease(6)),
                new Proposal(5, 4, 3, new Command.Noop()),
                Proposal.sessionless(Long.MAX_VALUE, new Command.OpenSession(500)),
                Proposal.sessionless(1, new Command.ExpireLeases(3, List.of(new Command.LeaseRef(6, 1)))),
                Proposal.sessionless(
                        2,
                        new Command.CheckpointLeases(
                                3, List.of(new Command.Remaining(new Command.LeaseRef(6, 1), 250)))),
                Proposal.sessionless(3, new Command.Compact(128)),
                Proposal.sessionless(4, new Command.RegisterPeer("n1", "directory-1")));
    }

    /** A small state with something in every section. */
    private static View smallState() {
        Store store = new Store();
        store.apply(
                new Context(1, 1),
                List.of(
                        Proposal.sessionless(1, new Command.OpenSession(10_000)),
                        Proposal.sessionless(2, new Command.RegisterPeer("n1", "directory-1"))));
        store.apply(
                new Context(2, 2),
                List.of(
                        new Proposal(1, 1, 0, new Command.GrantLease(5_000)),
                        new Proposal(1, 2, 0, transact(new Op.Put("/a", Value.of("1"), 2), Op.put("/b", "2"))),
                        new Proposal(1, 3, 0, transact(Op.put("/b", "3"), Op.delete("/a"))),
                        new Proposal(1, 4, 1, transact(Op.put("/c", "4"), Op.range(RangeQuery.of(KeyRange.all())))),
                        Proposal.sessionless(
                                3,
                                new Command.CheckpointLeases(
                                        2, List.of(new Command.Remaining(new Command.LeaseRef(2, 0), 1_000)))),
                        Proposal.sessionless(4, new Command.Compact(1))));
        return store.view();
    }

    private static Command transact(Op... ops) {
        return new Command.Transact(List.of(), List.of(ops), List.of());
    }

    private static byte[] snapshot(View view) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SnapshotCodec.write(view, out);
        return out.toByteArray();
    }

    private static View restored(byte[] bytes) throws IOException {
        return SnapshotCodec.read(new ByteArrayInputStream(bytes));
    }

    @Test
    void logEntry_everyCommand_isTheGoldenBytes() {
        assertThat(HexFormat.of().formatHex(CommandCodec.encode(everyCommand())))
                .isEqualTo(GOLDEN_ENTRY);
        assertThat(CommandCodec.decode(HexFormat.of().parseHex(GOLDEN_ENTRY))).isEqualTo(everyCommand());
    }

    @Test
    void snapshot_smallState_isTheGoldenBytes() throws IOException {
        View state = smallState();
        assertThat(state.leases().get(2L)).isNotNull();
        assertThat(HexFormat.of().formatHex(snapshot(state))).isEqualTo(GOLDEN_SNAPSHOT);
        View read = restored(HexFormat.of().parseHex(GOLDEN_SNAPSHOT));
        assertThat(read.revision()).isEqualTo(3);
        assertThat(read.compactRevision()).isEqualTo(1);
        assertThat(read.get("/b")).isEqualTo(state.get("/b"));
        assertThat(read.getAt(1, "/a")).isEqualTo(state.getAt(1, "/a"));
        assertThat(read.peers().get("n1")).isEqualTo("directory-1");
        assertThat(snapshot(read)).isEqualTo(snapshot(state));
    }

    /** Steps and results that came later have golden bytes of their own: those above are what the first version wrote. */
    @Test
    void adds_areTheGoldenBytes() throws IOException {
        List<Proposal> entry = List.of(new Proposal(5, 1, 0, transact(Op.add("/n", 300), Op.add("/m", -2))));
        assertThat(HexFormat.of().formatHex(CommandCodec.encode(entry))).isEqualTo(GOLDEN_ADD);
        assertThat(CommandCodec.decode(HexFormat.of().parseHex(GOLDEN_ADD))).isEqualTo(entry);

        Store store = new Store();
        store.apply(
                new Context(1, 1),
                List.of(
                        Proposal.sessionless(1, new Command.OpenSession(10_000)),
                        new Proposal(1, 1, 0, transact(Op.add("/n", 300))),
                        new Proposal(1, 2, 0, transact(Op.add("/n", Long.MAX_VALUE))),
                        new Proposal(1, 3, 0, transact(Op.put("/t", "text"))),
                        new Proposal(1, 4, 0, transact(Op.add("/t", 1)))));
        assertThat(HexFormat.of().formatHex(snapshot(store.view()))).isEqualTo(GOLDEN_ADD_SNAPSHOT);
        View read = restored(HexFormat.of().parseHex(GOLDEN_ADD_SNAPSHOT));
        assertThat(read.get("/n")).isEqualTo(new Entry("/n", Value.of("300"), 1, 1, 1, 0));
        assertThat(snapshot(read)).isEqualTo(snapshot(store.view()));
    }

    @Test
    void detachedGrant_isTheGoldenBytes() {
        List<Proposal> entry = List.of(new Proposal(5, 1, 0, new Command.GrantLease(10_000, true)));
        assertThat(HexFormat.of().formatHex(CommandCodec.encode(entry))).isEqualTo("01010501000203904e01");
        assertThat(CommandCodec.decode(HexFormat.of().parseHex("01010501000203904e01")))
                .isEqualTo(entry);
    }

    @Test
    void sessionThatEndsWhenSilent_isTheGoldenBytes() throws IOException {
        List<Proposal> entry = List.of(Proposal.sessionless(1, new Command.OpenSession(10_000, 2_000)));
        assertThat(HexFormat.of().formatHex(CommandCodec.encode(entry))).isEqualTo("01010001000504904ed00f");
        assertThat(CommandCodec.decode(HexFormat.of().parseHex("01010001000504904ed00f")))
                .isEqualTo(entry);

        Store store = new Store();
        store.apply(new Context(1, 1), entry);
        store.apply(new Context(1, 2), List.of(Proposal.sessionless(2, new Command.OpenSession(10_000))));
        byte[] bytes = snapshot(store.view());
        // Section 7: lease 1, 2,000 ms; nothing of lease 2.
        assertThat(HexFormat.of().formatHex(bytes)).contains("0701d00f00000001");
        View read = restored(bytes);
        assertThat(requireNonNull(read.leases().get(1L)).validityMillis()).isEqualTo(2_000);
        assertThat(requireNonNull(read.leases().get(2L)).validityMillis()).isEqualTo(10_000);
        assertThat(snapshot(read)).isEqualTo(bytes);
    }

    private static Op randomOp(SplittableRandom random) {
        String key = "/" + (char) ('a' + random.nextInt(20)) + "\uD83D\uDE00".repeat(random.nextInt(3));
        return switch (random.nextInt(6)) {
            case 0 -> new Op.Put(key, Value.of(new byte[random.nextInt(300)]), 0);
            case 1 -> Op.get(key);
            case 2 ->
                Op.range(new RangeQuery(
                        KeyRange.prefix(key), random.nextInt(9), random.nextBoolean(), random.nextBoolean(), false));
            case 3 -> Op.delete(key);
            case 4 -> Op.add(key, random.nextLong() >> random.nextInt(64));
            default -> Op.delete(KeyRange.prefix(key));
        };
    }

    private static List<Proposal> randomBatch(SplittableRandom random) {
        List<Proposal> batch = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            List<Op> ops = new ArrayList<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                ops.add(randomOp(random));
            }
            long number = random.nextLong() >>> random.nextInt(1, 64);
            batch.add(new Proposal(0, number, number / 2, new Command.Transact(List.of(), ops, List.of())));
        }
        return batch;
    }

    @Test
    void randomBatchesAndTheirStates_roundTrip() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        Store store = new Store();
        for (int i = 0; i < 3_000; i++) {
            List<Proposal> batch = randomBatch(random);
            List<Proposal> decoded = CommandCodec.decode(CommandCodec.encode(batch));
            assertThat(decoded).isEqualTo(batch);
            store.apply(new Context(1, i), decoded);
            if (i % 300 == 0) {
                byte[] bytes = snapshot(store.view());
                assertThat(snapshot(restored(bytes))).isEqualTo(bytes);
            }
        }
        assertThat(store.view().revision()).isGreaterThan(1_000);
    }

    @Test
    void logEntry_damagedOrTruncatedAnywhere_isRefusedOrReadAsSomethingElse_neverWorse() {
        byte[] golden = CommandCodec.encode(everyCommand());
        for (int length = 0; length < golden.length; length++) {
            byte[] cut = Arrays.copyOf(golden, length);
            assertThatThrownBy(() -> CommandCodec.decode(cut)).isInstanceOf(CodecException.class);
        }
        byte[] longer = Arrays.copyOf(golden, golden.length + 1);
        assertThatThrownBy(() -> CommandCodec.decode(longer)).isInstanceOf(CodecException.class);
        SplittableRandom random = new SplittableRandom(2);
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] damaged = golden.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Throwable error = catchThrowable(() -> CommandCodec.decode(damaged));
            if (error != null) {
                assertThat(error).isInstanceOf(CodecException.class);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void snapshot_damagedOrTruncatedAnywhere_isRefused() throws IOException {
        byte[] golden = snapshot(smallState());
        for (int i = 0; i < golden.length; i++) {
            byte[] cut = Arrays.copyOf(golden, i);
            assertThat(catchThrowable(() -> restored(cut))).isInstanceOfAny(CodecException.class, IOException.class);
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = golden.clone();
                flipped[i] ^= (byte) (1 << bit);
                assertThat(catchThrowable(() -> restored(flipped)))
                        .as("bit %d of byte %d", bit, i)
                        .isInstanceOfAny(CodecException.class, IOException.class);
            }
        }
    }

    @Test
    void unknownFormats_nameTheRemedy() throws IOException {
        byte[] entry = CommandCodec.encode(everyCommand());
        entry[0] = 2;
        assertThatThrownBy(() -> CommandCodec.decode(entry))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("upgrade");
        byte[] snapshot = snapshot(smallState());
        snapshot[11] = 2;
        assertThatThrownBy(() -> restored(snapshot))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("upgrade");
    }

    @Test
    void claimedSizes_beyondTheInput_allocateNothing() {
        byte[] hugeList = {1, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};
        byte[] negative = {1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
        byte[] endless = {1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
        for (byte[] bytes : List.of(hugeList, negative, endless)) {
            assertThatThrownBy(() -> CommandCodec.decode(bytes)).isInstanceOf(CodecException.class);
        }
        byte[] hugeFrame = HexFormat.of().parseHex("434f4f5244534e50" + "00000001" + "3fffffff" + "00000000" + "01");
        long before = allocated();
        assertThat(catchThrowable(() -> restored(hugeFrame))).isInstanceOf(IOException.class);
        assertThat(allocated() - before).isLessThan(4 << 20);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
