package dev.coord.recipes.commit.xa;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import javax.transaction.xa.Xid;

/** The name of one branch. */
record BranchXid(String transaction, String qualifier) implements Xid {

    @Override
    public int getFormatId() {
        return XaParticipant.FORMAT_ID;
    }

    @Override
    public byte[] getGlobalTransactionId() {
        return transaction.getBytes(US_ASCII);
    }

    @Override
    public byte[] getBranchQualifier() {
        return qualifier.getBytes(US_ASCII);
    }

    boolean isSame(Xid other) {
        return other.getFormatId() == getFormatId()
                && Arrays.equals(other.getGlobalTransactionId(), getGlobalTransactionId())
                && Arrays.equals(other.getBranchQualifier(), getBranchQualifier());
    }

    @Override
    public String toString() {
        return transaction + "/" + qualifier;
    }
}
