package dev.coord.raft.internal.ratis;

import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** An entry to append, which remembers whether it reached the log. */
final class EntryMessage implements Message {
    private final ByteString content;
    private volatile boolean appended;

    EntryMessage(byte[] entry) {
        content = UnsafeByteOperations.unsafeWrap(entry);
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    void markAppended() {
        appended = true;
    }

    boolean isAppended() {
        return appended;
    }

    @Override
    public String toString() {
        // Ratis logs requests; what is in them is not for logs.
        return content.size() + " bytes";
    }
}
