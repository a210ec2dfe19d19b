package dev.coord.raft.internal.codec;

import static dev.coord.raft.internal.codec.ValueCodec.getList;
import static dev.coord.raft.internal.codec.ValueCodec.putList;

import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.raft.internal.store.Command;
import dev.coord.raft.internal.store.Proposal;
import java.util.List;

/**
 * Encodes log entries. A command is a tag and a frame: a newer version may add fields at a frame's end, which an older one
 * skips, and commands with new tags, which an older one refuses.
 */
public final class CommandCodec {
    static final int FORMAT = 1;

    private static final int TRANSACT = 1;
    private static final int GRANT_LEASE = 2;
    private static final int REVOKE_LEASE = 3;
    private static final int NOOP = 4;
    private static final int OPEN_SESSION = 5;
    private static final int EXPIRE_LEASES = 6;
    private static final int CHECKPOINT_LEASES = 7;
    private static final int COMPACT = 8;
    private static final int REGISTER_PEER = 9;

    /** A code on disk is the position here: add at the end only. */
    private static final List<Guard.Target> TARGETS = List.of(
            Guard.Target.VALUE,
            Guard.Target.VERSION,
            Guard.Target.CREATE_REVISION,
            Guard.Target.MOD_REVISION,
            Guard.Target.LEASE,
            Guard.Target.COUNT);

    /** A code on disk is the position here: add at the end only. */
    private static final List<Guard.Relation> RELATIONS =
            List.of(Guard.Relation.EQUAL, Guard.Relation.NOT_EQUAL, Guard.Relation.LESS, Guard.Relation.GREATER);

    private CommandCodec() {}

    /** Encodes a batch as a log entry. */
    public static byte[] encode(List<Proposal> batch) {
        Writer out = new Writer(64 + 160 * batch.size());
        Writer frame = new Writer(256);
        Encoder encoder = new Encoder(out, frame);
        out.putByte(FORMAT).putNumber(batch.size());
        for (Proposal proposal : batch) {
            out.putNumber(proposal.session()).putNumber(proposal.sequence()).putNumber(proposal.acknowledged());
            proposal.command().accept(encoder);
        }
        return out.toByteArray();
    }

    /** Decodes a log entry; throws {@link CodecException} if it is damaged or of an unknown format. */
    public static List<Proposal> decode(byte[] entry) {
        try {
            return getEntry(new Reader(entry));
        } catch (IllegalArgumentException | ArithmeticException e) {
            // Values check themselves: what they refuse was never encoded by us.
            throw new CodecException("log entry with a value out of bounds: " + e.getMessage());
        }
    }

    private static List<Proposal> getEntry(Reader in) {
        int format = in.getByte();
        if (format != FORMAT) {
            throw new CodecException("log entry of format " + format + "; this version knows " + FORMAT
                    + ": upgrade this peer before the others write the new format");
        }
        List<Proposal> batch = getList(in, CommandCodec::getProposal);
        if (!in.atEnd()) {
            throw new CodecException("bytes after the end of a log entry");
        }
        return batch;
    }

    private static Proposal getProposal(Reader in) {
        return new Proposal(in.getNumber(), in.getNumber(), in.getNumber(), getCommand(in));
    }

    private static Command getCommand(Reader in) {
        int tag = in.getByte();
        Reader frame = in.getFrame();
        return switch (tag) {
            case TRANSACT ->
                new Command.Transact(
                        getList(frame, CommandCodec::getGuard),
                        getList(frame, CommandCodec::getOp),
                        getList(frame, CommandCodec::getOp));
            case GRANT_LEASE -> new Command.GrantLease(frame.getNumber(), !frame.atEnd() && frame.getBoolean());
            case REVOKE_LEASE -> new Command.RevokeLease(frame.getNumber());
            case NOOP -> new Command.Noop();
            case OPEN_SESSION -> openSession(frame);
            case EXPIRE_LEASES -> new Command.ExpireLeases(frame.getNumber(), getList(frame, CommandCodec::getRef));
            case CHECKPOINT_LEASES ->
                new Command.CheckpointLeases(
                        frame.getNumber(),
                        getList(frame, item -> new Command.Remaining(getRef(item), item.getNumber())));
            case COMPACT -> new Command.Compact(frame.getNumber());
            case REGISTER_PEER -> new Command.RegisterPeer(frame.getText(), frame.getText());
            default -> throw new CodecException("command with unknown tag " + tag + ": upgrade this peer");
        };
    }

    private static Command openSession(Reader frame) {
        long ttlMillis = frame.getNumber();
        return frame.atEnd()
                ? new Command.OpenSession(ttlMillis)
                : new Command.OpenSession(ttlMillis, frame.getNumber());
    }

    private static Command.LeaseRef getRef(Reader in) {
        return new Command.LeaseRef(in.getNumber(), in.getNumber());
    }

    private static void putRef(Writer out, Command.LeaseRef ref) {
        out.putNumber(ref.lease()).putNumber(ref.generation());
    }

    private static void putGuard(Writer out, Guard guard) {
        ValueCodec.putRange(out, guard.range());
        out.putByte(TARGETS.indexOf(guard.target())).putByte(RELATIONS.indexOf(guard.relation()));
        if (guard.value() == null) {
            out.putNumber(guard.number());
        } else {
            ValueCodec.putValue(out, guard.value());
        }
    }

    private static Guard getGuard(Reader in) {
        var range = ValueCodec.getRange(in);
        Guard.Target target = item(TARGETS, in.getByte());
        Guard.Relation relation = item(RELATIONS, in.getByte());
        return target == Guard.Target.VALUE
                ? Guard.compareValue(range, relation, ValueCodec.getValue(in))
                : Guard.compare(range, target, relation, in.getNumber());
    }

    private static <T> T item(List<T> items, int index) {
        if (index < 0 || index >= items.size()) {
            throw new CodecException("unknown code " + index + ": upgrade this peer");
        }
        return items.get(index);
    }

    private static void putOp(Writer out, Op op) {
        if (op instanceof Op.Put put) {
            out.putByte(1).putText(put.key());
            ValueCodec.putValue(out, put.value());
            out.putNumber(put.lease());
        } else if (op instanceof Op.Get get) {
            out.putByte(2).putText(get.key());
        } else if (op instanceof Op.Range range) {
            out.putByte(3);
            ValueCodec.putQuery(out, range.query());
        } else if (op instanceof Op.Delete delete) {
            out.putByte(4).putText(delete.key());
        } else if (op instanceof Op.DeleteRange delete) {
            out.putByte(5);
            ValueCodec.putRange(out, delete.range());
        } else if (op instanceof Op.Add add) {
            out.putByte(6).putText(add.key()).putNumber(add.delta());
        }
    }

    private static Op getOp(Reader in) {
        int tag = in.getByte();
        return switch (tag) {
            case 1 -> new Op.Put(in.getText(), ValueCodec.getValue(in), in.getNumber());
            case 2 -> new Op.Get(in.getText());
            case 3 -> new Op.Range(ValueCodec.getQuery(in));
            case 4 -> new Op.Delete(in.getText());
            case 5 -> new Op.DeleteRange(ValueCodec.getRange(in));
            case 6 -> new Op.Add(in.getText(), in.getNumber());
            default -> throw new CodecException("step with unknown tag " + tag + ": upgrade this peer");
        };
    }

    /** Writes a command's tag and frame. */
    private record Encoder(Writer out, Writer frame) implements Command.Handler<Writer> {

        private Writer end(int tag) {
            out.putByte(tag).putFrame(frame);
            frame.clear();
            return out;
        }

        @Override
        public Writer onTransact(Command.Transact command) {
            putList(frame, command.guards(), CommandCodec::putGuard);
            putList(frame, command.then(), CommandCodec::putOp);
            putList(frame, command.otherwise(), CommandCodec::putOp);
            return end(TRANSACT);
        }

        @Override
        public Writer onGrantLease(Command.GrantLease command) {
            frame.putNumber(command.ttlMillis());
            if (command.detached()) {
                // Left out otherwise: the first version had no such field.
                frame.putBoolean(true);
            }
            return end(GRANT_LEASE);
        }

        @Override
        public Writer onRevokeLease(Command.RevokeLease command) {
            frame.putNumber(command.lease());
            return end(REVOKE_LEASE);
        }

        @Override
        public Writer onNoop(Command.Noop command) {
            return end(NOOP);
        }

        @Override
        public Writer onOpenSession(Command.OpenSession command) {
            frame.putNumber(command.ttlMillis());
            if (command.validityMillis() < command.ttlMillis()) {
                // Left out otherwise: the first version had no such field.
                frame.putNumber(command.validityMillis());
            }
            return end(OPEN_SESSION);
        }

        @Override
        public Writer onExpireLeases(Command.ExpireLeases command) {
            frame.putNumber(command.term());
            putList(frame, command.leases(), CommandCodec::putRef);
            return end(EXPIRE_LEASES);
        }

        @Override
        public Writer onCheckpointLeases(Command.CheckpointLeases command) {
            frame.putNumber(command.term());
            putList(frame, command.leases(), (to, remaining) -> {
                putRef(to, remaining.ref());
                to.putNumber(remaining.millis());
            });
            return end(CHECKPOINT_LEASES);
        }

        @Override
        public Writer onCompact(Command.Compact command) {
            frame.putNumber(command.revision());
            return end(COMPACT);
        }

        @Override
        public Writer onRegisterPeer(Command.RegisterPeer command) {
            frame.putText(command.peer()).putText(command.directory());
            return end(REGISTER_PEER);
        }
    }
}
