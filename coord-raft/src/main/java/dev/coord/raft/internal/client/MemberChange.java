package dev.coord.raft.internal.client;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import dev.coord.raft.internal.transport.PeerAddress;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A change of the cluster's members: one comes, or one goes.
 *
 * @param id who
 * @param address where who comes listens, null for one that goes
 */
public record MemberChange(String id, @Nullable PeerAddress address) {

    byte[] encode() {
        return new Writer(64)
                .putText(id)
                .putText(address == null ? "" : address.toString())
                .toByteArray();
    }

    static MemberChange decode(byte[] bytes) {
        Reader reader = new Reader(bytes);
        String id = reader.getText();
        String address = reader.getText();
        return new MemberChange(id, address.isEmpty() ? null : PeerAddress.parse(address));
    }

    /** The members once it is done. */
    Set<String> applyTo(Set<String> members) {
        Set<String> changed = new TreeSet<>(members);
        if (address != null) {
            changed.add(id);
        } else {
            changed.remove(id);
        }
        return changed;
    }

    @Override
    public String toString() {
        return address == null ? "the removal of " + id : "the addition of " + id + " at " + address;
    }
}
