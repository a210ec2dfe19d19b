package dev.coord.raft.internal.codec;

import static dev.coord.raft.internal.codec.ValueCodec.getList;
import static dev.coord.raft.internal.codec.ValueCodec.putList;

import dev.coord.kv.OpResult;
import dev.coord.kv.TxnResult;
import dev.coord.raft.internal.store.Result;

/** Encodes the results that the session tables keep. */
public final class ResultCodec {
    private ResultCodec() {}

    static void put(Writer out, Result result) {
        if (result instanceof Result.Transacted transacted) {
            putTxn(out.putByte(1), transacted.result());
        } else if (result instanceof Result.Granted granted) {
            out.putByte(2).putNumber(granted.lease());
        } else if (result instanceof Result.Revoked revoked) {
            out.putByte(3).putBoolean(revoked.existed());
        } else if (result instanceof Result.Done) {
            out.putByte(4);
        } else if (result instanceof Result.LeaseNotFound missing) {
            out.putByte(5).putNumber(missing.lease());
        } else if (result instanceof Result.TooLarge large) {
            out.putByte(6).putNumber(large.limit());
        } else if (result instanceof Result.NotANumber found) {
            out.putByte(7).putText(found.key()).putNumber(found.bytes());
        } else if (result instanceof Result.Overflow overflow) {
            out.putByte(8).putText(overflow.key()).putNumber(overflow.number()).putNumber(overflow.delta());
        } else {
            throw new AssertionError(result + " is never kept in a session table");
        }
    }

    static Result get(Reader in) {
        int tag = in.getByte();
        return switch (tag) {
            case 1 -> new Result.Transacted(getTxn(in));
            case 2 -> new Result.Granted(in.getNumber());
            case 3 -> new Result.Revoked(in.getBoolean());
            case 4 -> new Result.Done();
            case 5 -> new Result.LeaseNotFound(in.getNumber());
            case 6 -> new Result.TooLarge(in.getNumber());
            case 7 -> new Result.NotANumber(in.getText(), Math.toIntExact(in.getNumber()));
            case 8 -> new Result.Overflow(in.getText(), in.getNumber(), in.getNumber());
            default -> throw new CodecException("result with unknown tag " + tag);
        };
    }

    public static void putTxn(Writer out, TxnResult txn) {
        out.putBoolean(txn.succeeded()).putNumber(txn.revision());
        putList(out, txn.results(), ResultCodec::putStep);
    }

    public static TxnResult getTxn(Reader in) {
        return new TxnResult(in.getBoolean(), in.getNumber(), getList(in, ResultCodec::getStep));
    }

    private static void putStep(Writer out, OpResult step) {
        if (step instanceof OpResult.Put put) {
            out.putByte(1);
            ValueCodec.putOptionalEntry(out, put.before());
        } else if (step instanceof OpResult.Get get) {
            out.putByte(2);
            ValueCodec.putOptionalEntry(out, get.found());
        } else if (step instanceof OpResult.Range range) {
            out.putByte(3);
            ValueCodec.putRangeResult(out, range.result());
        } else if (step instanceof OpResult.Delete delete) {
            out.putByte(4);
            putList(out, delete.deleted(), ValueCodec::putEntry);
        } else if (step instanceof OpResult.Add add) {
            out.putByte(5);
            ValueCodec.putEntry(out, add.after());
        }
    }

    private static OpResult getStep(Reader in) {
        int tag = in.getByte();
        return switch (tag) {
            case 1 -> new OpResult.Put(ValueCodec.getOptionalEntry(in));
            case 2 -> new OpResult.Get(ValueCodec.getOptionalEntry(in));
            case 3 -> new OpResult.Range(ValueCodec.getRangeResult(in));
            case 4 -> new OpResult.Delete(getList(in, ValueCodec::getEntry));
            case 5 -> new OpResult.Add(ValueCodec.getEntry(in));
            default -> throw new CodecException("step result with unknown tag " + tag);
        };
    }
}
